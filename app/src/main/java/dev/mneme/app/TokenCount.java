package dev.mneme.app;

/** A number of tokens as people write it: 4096, 16K (16,384), 1M (1,048,576). */
public final class TokenCount {
    private TokenCount() {}

    /**
     * The number that a text names.
     *
     * @throws UsageFailure if it names none
     */
    public static int parse(String text) {
        if (!text.matches("\\d{1,6}[KM]?|\\d{1,9}")) {
            throw new UsageFailure("'" + text + "' is no number of tokens such as 4096, 16K or 1M.");
        }
        long factor = text.endsWith("K") ? 1 << 10 : text.endsWith("M") ? 1 << 20 : 1;
        return Math.toIntExact(Math.min(Integer.MAX_VALUE / 2, factor * Long.parseLong(text.replaceAll("[KM]", ""))));
    }
}
