package dev.mneme.runtime.chat.jinja;

import java.time.LocalDate;
import java.time.format.TextStyle;
import java.util.Locale;

/** Python's {@code strftime} in the C locale, for a day of which the time is not told. */
final class Strftime {
    private Strftime() {}

    static String format(String format, LocalDate date) {
        var text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                text.append(c);
                continue;
            }
            char field = format.charAt(++i);
            boolean padded = field != '-';
            text.append(field(padded ? field : format.charAt(Math.min(++i, format.length() - 1)), padded, date));
        }
        return text.toString();
    }

    private static String field(char field, boolean padded, LocalDate date) {
        return switch (field) {
            case 'd' -> number(date.getDayOfMonth(), padded ? 2 : 1);
            case 'm' -> number(date.getMonthValue(), padded ? 2 : 1);
            case 'y' -> number(date.getYear() % 100, padded ? 2 : 1);
            case 'j' -> number(date.getDayOfYear(), padded ? 3 : 1);
            case 'Y' -> number(date.getYear(), 4);
            case 'b' -> date.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> date.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'a' -> date.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> date.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'F' -> date.toString();
            case 'H', 'M', 'S' -> "00";
            case '%' -> "%";
            default -> throw new JinjaException("strftime's %" + field + " is not supported");
        };
    }

    private static String number(int value, int digits) {
        return ("%0" + digits + "d").formatted(value);
    }
}
