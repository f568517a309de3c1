package dev.mneme;

import java.util.List;

/**
 * What reading a whole home came to.
 *
 * @param sessions sessions whose journal was read
 * @param tokens tokens in them
 * @param blocks stored blocks that were read, a layer group counting as one
 * @param blockBytes bytes of keys and values in them
 * @param findings what is the matter, in the order in which it was found
 */
public record Verification(int sessions, long tokens, long blocks, long blockBytes, List<Finding> findings) {
    /** Copies the findings. */
    public Verification {
        findings = List.copyOf(findings);
    }

    /** Whether nothing is damaged or lost. */
    public boolean isSound() {
        return findings.stream().allMatch(finding -> finding.kind() == Finding.Kind.LEFTOVER);
    }
}
