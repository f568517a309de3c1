package dev.mneme;

import dev.mneme.actors.verification.HomeReport;
import java.util.List;

/**
 * What reading a whole home came to.
 *
 * @param sessions sessions of all tenants
 * @param tokens tokens in them
 * @param blocks sealed blocks that were read, a layer group counting as one
 * @param blockBytes bytes of keys and values in them
 * @param tails unfinished blocks that were read
 * @param findings what is not as it should be
 */
public record Verification(
        int sessions, long tokens, int blocks, long blockBytes, int tails, List<Finding> findings) {
    /** Whether nothing is damaged or lost. */
    public boolean isSound() {
        return findings.stream().allMatch(finding -> finding.kind() == Finding.Kind.LEFTOVER);
    }

    static Verification of(HomeReport report) {
        List<Finding> findings = report.findings().stream()
                .map(found -> new Finding(
                        Finding.Kind.valueOf(found.kind().name()),
                        found.tenant(),
                        found.session(),
                        found.where(),
                        found.what()))
                .toList();
        return new Verification(
                report.sessions(), report.tokens(), report.blocks(), report.blockBytes(), report.tails(), findings);
    }
}
