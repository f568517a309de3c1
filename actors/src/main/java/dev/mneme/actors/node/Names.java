package dev.mneme.actors.node;

import dev.mneme.errors.InvalidRequest;

/** Which names tenants and sessions may have. */
final class Names {
    private static final int LONGEST = 200;

    private Names() {}

    /**
     * Checks a session's name: 1 to 200 characters, no control characters, no slashes, and not only dots.
     *
     * @throws InvalidRequest if it is not one
     */
    static String session(String name) {
        boolean odd = name.codePoints()
                .anyMatch(c -> Character.isISOControl(c)
                        || c == '/'
                        || c == '\\'
                        || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
        if (name.isBlank() || name.length() > LONGEST || odd || name.matches("\\.+")) {
            throw new InvalidRequest("a session's name has 1 to " + LONGEST
                    + " characters, without '/', '\\' and control characters, and is not only dots or spaces: '"
                    + shown(name) + "' is not one");
        }
        return name;
    }

    /**
     * Checks a tenant's name: 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit. It is also the
     * name of a directory.
     *
     * @throws InvalidRequest if it is not one
     */
    static String tenant(String name) {
        if (!name.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
            throw new InvalidRequest("a tenant's name has 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins with a letter"
                    + " or digit: '" + shown(name) + "' is not one");
        }
        return name;
    }

    private static String shown(String name) {
        String start = name.codePoints()
                .limit(40)
                .map(c -> Character.isISOControl(c) || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                        ? '?'
                        : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return name.length() > 40 ? start + "…" : start;
    }
}
