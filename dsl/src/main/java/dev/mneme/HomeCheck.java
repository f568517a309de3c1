package dev.mneme;

import dev.mneme.actors.verification.HomeReport;
import java.util.List;

/**
 * What reading all of a home came to.
 *
 * @param sessions sessions of all tenants
 * @param events journal records of sessions that were read
 * @param blocks sealed blocks that were read
 * @param blockBytes of their keys and values
 * @param tails unfinished blocks that were read
 * @param findings what is not as it should be
 */
public record HomeCheck(
        int sessions, long events, int blocks, long blockBytes, int tails, List<Finding> findings) {
    /** How bad a finding is. */
    public enum Severity {
        /** Part of a journal is gone: it cannot be had again. */
        LOSS,
        /** Something is not what was written; it is not served, and {@link Mneme#repair} makes it anew. */
        DAMAGE,
        /** What a crash leaves behind; using the session cleans it up. */
        LEFTOVER
    }

    /**
     * Something that is not as it should be.
     *
     * @param severity how bad it is
     * @param tenant whose; empty if it is nobody's in particular
     * @param session the session's name, or the id of one that has no name; empty if it is no session's
     * @param where the file, record or block
     * @param what what is wrong with it, and what follows
     */
    public record Finding(Severity severity, String tenant, String session, String where, String what) {}

    /** Whether nothing is damaged or lost. */
    public boolean isSound() {
        return findings.stream().allMatch(finding -> finding.severity() == Severity.LEFTOVER);
    }

    static HomeCheck of(HomeReport report) {
        List<Finding> findings = report.findings().stream()
                .map(found -> new Finding(
                        Severity.valueOf(found.kind().name()),
                        found.tenant(),
                        found.session(),
                        found.where(),
                        found.what()))
                .toList();
        return new HomeCheck(
                report.sessions(), report.events(), report.blocks(), report.blockBytes(), report.tails(), findings);
    }
}
