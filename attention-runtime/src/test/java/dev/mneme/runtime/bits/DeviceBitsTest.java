package dev.mneme.runtime.bits;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.MemoryPolicy.Sparse;
import dev.mneme.runtime.bits.Transcript.Keep;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.Backend;
import dev.mneme.runtime.oracle.Devices;
import dev.mneme.runtime.oracle.OracleFiles;
import dev.mneme.runtime.oracle.Runtimes;
import dev.mneme.runtime.oracle.Runtimes.Opened;
import dev.mneme.runtime.oracle.SessionInMemory;
import dev.mneme.runtime.oracle.ShortWindow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A CUDA device gives the bits of the CPU: logits, blocks, summaries and choices. Skipped where there is neither a device nor
 * an emulated one.
 */
class DeviceBitsTest {
    private static final int VOCABULARY = 512;
    private static final int WINDOW = 448;
    private static final KvFormat[] FORMATS = KvFormat.values();

    @BeforeAll
    static void onADevice() {
        Devices.assumeOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "llama", "llama31", "qwen2", "qwen3", "gemma3", "type-f16", "type-bf16", "type-q8_0", "type-q4_0", "type-q4_1",
        "type-q5_0", "type-q5_1", "type-q4_k", "type-q5_k", "type-q6_k"
    })
    void everyArchitectureAndTensorType(String model) {
        Random random = new Random(model.hashCode());
        int[] ids = text(100 + random.nextInt(60), random);
        KvFormat format = FORMATS[random.nextInt(FORMATS.length)];
        Path file = OracleFiles.tinyModel(model);
        Transcript cpu = Transcript.alone(cpu(file), format, ids, Keep.ALL, ids.length);
        cpu.mustEqual(Transcript.alone(device(file), format, ids, Keep.ALL, ids.length), "CPU and device");
        cpu.mustEqual(Transcript.alone(device(file), format, ids, Keep.ALL, 1, 7, 64), "CPU and device, in pieces");
    }

    /** More than the eight blocks of a split, and logits of the last token alone. */
    @ParameterizedTest
    @EnumSource(KvFormat.class)
    void longTexts(KvFormat format) {
        int[] ids = text(550, new Random(format.ordinal()));
        Path file = OracleFiles.tinyModel("gemma3");
        Transcript cpu = Transcript.alone(cpu(file), format, ids, Keep.LAST, 512, 3);
        cpu.mustEqual(Transcript.alone(device(file), format, ids, Keep.LAST, 512, 3), "CPU and device");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void companyAndMixedFormats(long seed) {
        Random random = new Random(seed);
        Path file = OracleFiles.tinyModel("qwen3");
        List<int[]> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(text(random.nextInt(1, 150), random));
        }
        List<Transcript> together = Company.together(device(file), KvFormat.I8, all, Keep.ALL, random);
        for (int i = 0; i < all.size(); i++) {
            Transcript alone = Transcript.alone(cpu(file), KvFormat.I8, all.get(i), Keep.ALL, all.get(i).length);
            alone.mustEqual(together.get(i), "session " + i + " on the CPU alone and on the device in company");
        }
        int[] ids = text(260, random);
        mixed(cpu(file), ids, ids.length).mustEqual(mixed(device(file), ids, 90), "mixed formats, CPU and device");
    }

    private static Transcript mixed(Opened runtime, int[] ids, int... chunks) {
        SessionInMemory session = new SessionInMemory(
                runtime.model().kvLayout(KvFormat.F16), MemoryPolicy.dense(), block -> FORMATS[block % FORMATS.length]);
        return Transcript.alone(runtime, session, ids, Keep.ALL, chunks);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma3", "qwen2"})
    void pastTheWindow(String model) {
        Path file = ShortWindow.tinyModel(model, WINDOW);
        int[] ids = text(620, new Random(model.hashCode()));
        List<Sparse> policies = List.of(
                new Sparse(64, 128, 2, 0, 8, 8), new Sparse(0, 64, 1, 3, 4, 16), new Sparse(64, 64, 2, 4, 2, 8));
        for (Sparse policy : policies) {
            Transcript cpu = Transcript.alone(cpu(file), KvFormat.K8V4, policy, ids, Keep.ALL, ids.length);
            Transcript whole = Transcript.alone(device(file), KvFormat.K8V4, policy, ids, Keep.ALL, ids.length);
            cpu.mustEqual(whole, "CPU and device by " + policy);
            Transcript pieces = Transcript.alone(device(file), KvFormat.K8V4, policy, ids, Keep.ALL, 500, 33, 1);
            cpu.mustEqual(pieces, "CPU and device, in pieces, by " + policy);
        }
    }

    private static int[] text(int length, Random random) {
        return random.ints(length, 0, VOCABULARY).toArray();
    }

    private static Opened cpu(Path file) {
        return Runtimes.open(file, Backend.VECTOR, 1);
    }

    private static Opened device(Path file) {
        return Runtimes.open(file, Backend.CUDA, 1);
    }
}
