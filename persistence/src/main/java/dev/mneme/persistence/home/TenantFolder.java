package dev.mneme.persistence.home;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The name of a tenant's folder: the tenant's name where every file system can hold it, else its hash. */
final class TenantFolder {
    /** Lower case only: some file systems take "Acme" and "acme" for the same. */
    private static final Pattern PLAIN = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    private TenantFolder() {}

    static String name(String tenant) {
        return PLAIN.matcher(tenant).matches() ? tenant : "=" + hash(tenant);
    }

    private static String hash(String tenant) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(tenant.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
