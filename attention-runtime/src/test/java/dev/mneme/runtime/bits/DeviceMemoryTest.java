package dev.mneme.runtime.bits;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.runtime.bits.Transcript.Keep;
import dev.mneme.runtime.bits.Transcript.Recorder;
import dev.mneme.runtime.cuda.DeviceMemoryException;
import dev.mneme.runtime.cuda.EmulatedDevice;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.model.ForwardPass;
import dev.mneme.runtime.model.LanguageModel;
import dev.mneme.runtime.model.RuntimeOptions;
import dev.mneme.runtime.oracle.OracleFiles;
import dev.mneme.runtime.oracle.Runtimes;
import dev.mneme.runtime.oracle.SessionInMemory;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A device whose memory does not hold all sessions drops what was not asked for longest. */
class DeviceMemoryTest {
    private static final Path FILE = OracleFiles.tinyModel("llama");
    private static final int TOKENS = 210;

    @Test
    void whatWasDroppedIsCopiedAgainAndTheBitsAreTheSame() {
        int[] one = text(1);
        int[] other = text(2);
        EmulatedDevice device = EmulatedDevice.open();
        try (LanguageModel model = on(device);
                ForwardPass pass = model.newForwardPass();
                SessionInMemory first = session(model);
                SessionInMemory second = session(model)) {
            Recorder ofFirst = new Recorder(one, Keep.ALL);
            Recorder ofSecond = new Recorder(other, Keep.ALL);
            pass.run(List.of(ofFirst.next(first, 190)));
            pass.run(List.of(ofFirst.next(first, 1)));
            device.limit(model.kvLayout(KvFormat.F32).groupBytes(0));
            pass.run(List.of(ofSecond.next(second, 190)));
            for (int step = 0; step < TOKENS - 191; step++) {
                pass.run(List.of(ofSecond.next(second, 1)));
                pass.run(List.of(ofFirst.next(first, 1)));
            }
            pass.run(List.of(ofSecond.next(second, 1)));
            onTheCpu(one).mustEqual(ofFirst.transcript(first), "CPU and small device");
            onTheCpu(other).mustEqual(ofSecond.transcript(second), "CPU and small device");
        }
    }

    @Test
    void moreThanFitsIsRefusedAndOthersGoOn() {
        int[] ids = text(3);
        EmulatedDevice device = EmulatedDevice.open();
        try (LanguageModel model = on(device);
                ForwardPass pass = model.newForwardPass();
                SessionInMemory small = session(model);
                SessionInMemory large = session(model)) {
            Recorder recorder = new Recorder(ids, Keep.ALL);
            pass.run(List.of(recorder.next(small, 100)));
            device.limit(model.kvLayout(KvFormat.F32).groupBytes(0));
            assertThatThrownBy(() -> pass.run(List.of(new Recorder(ids, Keep.ALL).next(large, TOKENS))))
                    .isInstanceOf(DeviceMemoryException.class)
                    .hasMessageContaining("an emulated device has no ");
            pass.run(List.of(recorder.next(small, 20)));
            new Transcript(onTheCpu(ids).logits().subList(0, 120), List.of()).mustEqual(
                    new Transcript(recorder.transcript(small).logits().subList(0, 120), List.of()), "CPU and full device");
        }
    }

    private static LanguageModel on(EmulatedDevice device) {
        return LanguageModel.open(FILE, new RuntimeOptions(Backend.CUDA, 1), () -> device);
    }

    private static SessionInMemory session(LanguageModel model) {
        return new SessionInMemory(model.kvLayout(KvFormat.F32));
    }

    private static Transcript onTheCpu(int[] ids) {
        return Transcript.alone(Runtimes.open(FILE, Backend.VECTOR, 1), KvFormat.F32, ids, Keep.ALL, ids.length);
    }

    private static int[] text(long seed) {
        return new Random(seed).ints(TOKENS, 0, 512).toArray();
    }
}
