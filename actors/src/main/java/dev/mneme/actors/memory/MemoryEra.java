package dev.mneme.actors.memory;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.kv.KvFormat;

/**
 * What decides the bits of blocks from one on, until an edit changes it. The texts are those of the journal, which keys
 * are made of.
 *
 * @param firstBlock the first block
 * @param policyText the policy, without pins
 * @param formatText the format of keys and values, whoever picked it
 * @param numerics the version of the order of arithmetic
 */
record MemoryEra(int firstBlock, String policyText, String formatText, int numerics) {
    MemoryPolicy policy() {
        return PolicyText.parse(policyText);
    }

    KvFormat format() {
        return FormatText.parse(formatText);
    }

    MemoryEra withPolicy(String text) {
        return new MemoryEra(firstBlock, text, formatText, numerics);
    }

    MemoryEra withFormat(String text) {
        return new MemoryEra(firstBlock, policyText, text, numerics);
    }

    MemoryEra withNumerics(int version) {
        return new MemoryEra(firstBlock, policyText, formatText, version);
    }

    MemoryEra from(int block) {
        return new MemoryEra(block, policyText, formatText, numerics);
    }
}
