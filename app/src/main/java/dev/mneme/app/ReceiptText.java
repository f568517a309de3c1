package dev.mneme.app;

import dev.mneme.Finish;
import dev.mneme.Receipt;
import dev.mneme.Reply;
import java.util.Locale;

/** What a turn cost, in one line for people. */
final class ReceiptText {
    private ReceiptText() {
    }

    static String of(Reply reply) {
        Receipt receipt = reply.receipt();
        StringBuilder line = new StringBuilder("[turn ").append(reply.turn())
                .append(": reused ").append(receipt.reused())
                .append(", computed ").append(receipt.computed());
        if (receipt.rebuilt() > 0) {
            line.append(", rebuilt ").append(receipt.rebuilt());
            receipt.rebuiltReason().ifPresent(reason -> line.append(" (").append(reason).append(')'));
        }
        line.append(" of ").append(receipt.contextTokens()).append(" tokens");
        receipt.picked().ifPresent(picked -> line.append("; picked ").append(picked));
        receipt.attended().ifPresent(attended -> line.append(String.format(
                Locale.ROOT,
                ", attended in blocks: sinks %d, pinned %d, retrieved %d, window %d",
                attended.sinks(), attended.pinned(), attended.retrieved(), attended.window())));
        if (!receipt.timeToFirstToken().isZero()) {
            line.append(String.format(Locale.ROOT, "; first after %.2f s", receipt.timeToFirstToken().toMillis() / 1e3));
        }
        if (receipt.tokensPerSecond() > 0) {
            line.append(String.format(Locale.ROOT, ", %.0f tok/s", receipt.tokensPerSecond()));
        }
        return line.append(ending(reply)).append(']').toString();
    }

    private static String ending(Reply reply) {
        String goOn = "; 'mneme continue " + reply.session() + "' goes on";
        return switch (reply.finish()) {
            case STOP, INGESTED -> "";
            case LENGTH -> "; cut off at the length limit" + goOn;
            case CANCELLED -> "; cancelled" + goOn;
            case TIMED_OUT -> "; out of time" + goOn;
            case INTERRUPTED -> "; interrupted" + goOn;
            case FAILED -> "; failed";
        };
    }

    /** The finish as scripts see it. */
    static String word(Finish finish) {
        return finish.name().toLowerCase(Locale.ROOT);
    }
}
