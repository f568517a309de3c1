package dev.mneme.runtime.tokenizer;

import java.nio.charset.StandardCharsets;

/** UTF-8 by hand where strings would be too slow or too lenient. */
final class Utf8 {
    private Utf8() {}

    /** @throws MalformedTextException on a lone surrogate, which the JDK would silently turn into '?' */
    static byte[] encode(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c) || i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new MalformedTextException(text, i);
                }
                i++;
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Bytes of the character that starts with this byte of valid UTF-8. */
    static int length(byte first) {
        if (first >= 0) {
            return 1;
        }
        return (first & 0xE0) == 0xC0 ? 2 : (first & 0xF0) == 0xE0 ? 3 : 4;
    }

    /** The code point that starts at {@code i} in valid UTF-8. */
    static int codePoint(byte[] bytes, int i) {
        byte b = bytes[i];
        return switch (length(b)) {
            case 1 -> b;
            case 2 -> ((b & 0x1F) << 6) | low6(bytes, i + 1);
            case 3 -> ((b & 0x0F) << 12) | (low6(bytes, i + 1) << 6) | low6(bytes, i + 2);
            default -> ((b & 0x07) << 18) | (low6(bytes, i + 1) << 12) | (low6(bytes, i + 2) << 6) | low6(bytes, i + 3);
        };
    }

    private static int low6(byte[] bytes, int i) {
        return bytes[i] & 0x3F;
    }
}
