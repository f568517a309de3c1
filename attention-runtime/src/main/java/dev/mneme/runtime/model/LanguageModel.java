package dev.mneme.runtime.model;

import dev.mneme.runtime.chat.ChatTemplate;
import dev.mneme.runtime.cuda.CudaBackend;
import dev.mneme.runtime.cuda.Device;
import dev.mneme.runtime.gguf.GgufFile;
import dev.mneme.runtime.kernel.BackendUnavailableException;
import dev.mneme.runtime.kernel.KernelProvider;
import dev.mneme.runtime.kernel.Prefetch;
import dev.mneme.runtime.kernel.ScalarKernels;
import dev.mneme.runtime.kernel.VectorKernelProvider;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.kv.KvLayout;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model file opened for computing: its weights on the memory map and its tables. Thread-safe and
 * shared by forward passes. Close it only when nobody computes any more.
 */
public final class LanguageModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LanguageModel.class);

    private final GgufFile file;
    private final ModelSpec spec;
    private final ModelWeights weights;
    private final LayerGroups groups;
    private final KernelProvider kernels;
    private final Backend backend;
    private final Supplier<Device> devices;
    private final int threads;
    private final boolean packs;
    private final Lazy<WeightPacker> packer;
    private final Lazy<Tokenizer> tokenizer;
    private final Lazy<Optional<ChatTemplate>> chatTemplate;

    private LanguageModel(GgufFile file, RuntimeOptions options, Supplier<Device> devices) {
        this.file = file;
        this.backend = options.backend();
        this.devices = devices;
        this.spec = ModelSpec.from(file);
        this.weights = ModelWeights.of(file, spec);
        this.groups = LayerGroups.of(file, spec);
        this.kernels = kernels(options.backend());
        this.threads = options.threads();
        this.packer = new Lazy<>(() -> new WeightPacker(weights.matrices(), options.packedBytes()));
        this.packs = options.backend() == Backend.VECTOR && options.packedBytes() > 0;
        this.tokenizer = new Lazy<>(() -> Tokenizer.from(file));
        this.chatTemplate = new Lazy<>(() -> ChatTemplate.from(file, tokenizer()));
    }

    private static KernelProvider kernels(Backend backend) {
        return switch (backend) {
            case SCALAR -> ScalarKernels.PROVIDER;
            case VECTOR, CUDA -> VectorKernelProvider.create();
        };
    }

    /**
     * Opens a GGUF file.
     *
     * @throws BackendUnavailableException          if the backend cannot run in this process
     * @throws dev.mneme.runtime.gguf.GgufException if the file is no sound GGUF file
     * @throws ModelException                       if the model in it cannot be run
     */
    public static LanguageModel open(Path gguf, RuntimeOptions options) {
        if (options.backend() == Backend.CUDA) {
            CudaBackend.check();
        }
        return open(gguf, options, CudaBackend::open);
    }

    /**
     * Opens a GGUF file for devices of this kind.
     *
     * @param devices opens a device for each forward pass, if the backend is {@link Backend#CUDA}
     */
    public static LanguageModel open(Path gguf, RuntimeOptions options, Supplier<Device> devices) {
        GgufFile file = GgufFile.open(gguf);
        try {
            LanguageModel model = new LanguageModel(file, options, devices);
            if (options.backend() == Backend.CUDA && model.spec.headDim() > DeviceKernels.MOST_HEAD_DIM) {
                throw new ModelException(gguf, "its heads have " + model.spec.headDim() + " numbers, and the CUDA backend takes up to "
                        + DeviceKernels.MOST_HEAD_DIM + ": choose the vector backend");
            }
            LOG.info("opened {}: {} layers, {} kernels, {} threads",
                    gguf.getFileName(), model.spec.layers(), model.backendName(), options.threads());
            return model;
        } catch (RuntimeException | Error thrown) {
            file.close();
            throw thrown;
        }
    }

    /** Shape and constants of the model. */
    public ModelSpec spec() {
        return spec;
    }

    /** The file, open as long as the model. */
    public GgufFile file() {
        return file;
    }

    /**
     * The tokenizer, made of the file's tables when first asked for.
     *
     * @throws dev.mneme.runtime.tokenizer.TokenizerException if the file's tokenizer is not supported
     */
    public Tokenizer tokenizer() {
        return tokenizer.get();
    }

    /**
     * The chat template, compiled when first asked for; base models have none.
     *
     * @throws dev.mneme.runtime.chat.ChatTemplateException if it is not valid
     */
    public Optional<ChatTemplate> chatTemplate() {
        return chatTemplate.get();
    }

    /** Layout of the model's KV blocks in a format. */
    public KvLayout kvLayout(KvFormat format) {
        return new KvLayout(format, spec.kvHeads(), spec.headDim(), groups.groups());
    }

    /**
     * A new forward pass with its own scratch memory and compute threads, or its own device with all of the weights. On the CPU
     * weights are packed and prefetching begins from its first run on, so that nobody waits longer for a first token because of that.
     *
     * @throws dev.mneme.runtime.cuda.DeviceMemoryException if the model does not fit on the device
     */
    public ForwardPass newForwardPass() {
        PassState state = new PassState(spec, weights, groups, kernels, threads, ForwardPass.MOST_ROWS);
        return new ForwardPass(spec, groups, computation(state), this::speedUp);
    }

    private void speedUp() {
        if (packs) {
            packer.get();
        }
        if (backend == Backend.VECTOR) {
            Prefetch.begin();
        }
    }

    private StepComputation computation(PassState state) {
        return switch (backend) {
            case SCALAR, VECTOR -> new HostComputation(state);
            case CUDA -> DeviceComputation.on(devices.get(), state);
        };
    }

    /** Name of what computes, such as {@code scalar}, {@code vector-512} or {@code cuda}. */
    public String backendName() {
        return switch (backend) {
            case SCALAR, VECTOR -> kernels.name();
            case CUDA -> "cuda";
        };
    }

    @Override
    public void close() {
        packer.ifMade(WeightPacker::close);
        file.close();
    }
}
