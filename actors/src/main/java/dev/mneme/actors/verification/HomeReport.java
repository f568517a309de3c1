package dev.mneme.actors.verification;

import java.util.List;

/**
 * What reading all of a home came to.
 *
 * @param sessions sessions that are not deleted
 * @param tokens tokens in them
 * @param blocks sealed blocks that were read
 * @param blockBytes of their keys and values
 * @param tails unfinished blocks that were read
 * @param findings what is not as it should be
 */
public record HomeReport(
        int sessions, long tokens, int blocks, long blockBytes, int tails, List<Finding> findings) {
    public HomeReport {
        findings = List.copyOf(findings);
    }

    /** Whether nothing is damaged or lost; what a crash leaves behind is neither. */
    public boolean isSound() {
        return findings.stream().allMatch(finding -> finding.kind() == Finding.Kind.LEFTOVER);
    }
}
