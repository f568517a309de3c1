package dev.mneme.runtime.model;

/** Which two dimensions of a head the rotary position embedding turns together (Su et al., 2021). */
public enum RopePairing {
    /** 2j with 2j + 1: as the paper has it, and as {@code llama} files are stored. */
    ADJACENT,
    /** j with j + headDim / 2. */
    HALVES
}
