package dev.mneme.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mneme.runtime.kernel.BackendUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** One sentence says what is missing. */
class CudaBackendTest {
    private record Machine(int version, int devices, int capability) implements Driver {
        @Override
        public String name(int device) {
            return "NVIDIA Test";
        }

        @Override
        public int capability(int device) {
            return capability;
        }

        @Override
        public Device open(int device) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void saysWhatTheMachineLacks() {
        assertThat(reason(new Machine(11_080, 1, 90)))
                .isEqualTo("the CUDA backend needs a driver for CUDA 12.0 or newer, and this one is for CUDA 11.8: "
                        + "choose the vector backend");
        assertThat(reason(new Machine(12_000, 0, 0)))
                .isEqualTo("the CUDA backend finds no NVIDIA device, though there is a driver: choose the vector backend");
        assertThat(reason(new Machine(13_000, 1, 75)))
                .isEqualTo("the CUDA backend needs a device of compute capability 8.0 or higher, and NVIDIA Test has 7.5: "
                        + "choose the vector backend");
        Machine enough = new Machine(12_000, 1, 80);
        assertThat(CudaBackend.usable(() -> enough)).isSameAs(enough);
    }

    /** Else the tests on a device would be skipped there. */
    @Test
    void aMachineWithADeviceHasOneThatCanBeUsed() {
        assumeTrue(Files.exists(Path.of("/dev/nvidia0")), "this machine has no NVIDIA device");
        CudaBackend.check();
    }

    /** Twice: the second time JCuda's class has already failed. */
    @Test
    void aMachineWithoutADriverIsTold() {
        assumeFalse(Files.exists(Path.of("/dev/nvidiactl")), "this machine has an NVIDIA driver");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(CudaBackend::check)
                    .isInstanceOf(BackendUnavailableException.class)
                    .hasMessage("the CUDA backend finds no NVIDIA driver (libcuda.so.1) on this machine: "
                            + "choose the vector backend");
        }
    }

    private static String reason(Driver driver) {
        return String.valueOf(
                assertThrows(BackendUnavailableException.class, () -> CudaBackend.usable(() -> driver)).getMessage());
    }
}
