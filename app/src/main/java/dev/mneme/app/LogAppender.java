package dev.mneme.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Writes warnings to the file {@code log} of the home directory in use. The file is opened for each event, since in
 * normal use there is none; it is replaced when it has grown past a limit.
 */
final class LogAppender extends AppenderBase<ILoggingEvent> {
    private static final long LIMIT_BYTES = 4L << 20;

    private static volatile @Nullable Path home;

    /** Names the home directory that this process works on. */
    static void writeTo(Path homeDirectory) {
        home = homeDirectory;
    }

    @Override
    protected void append(ILoggingEvent event) {
        Path directory = home;
        if (directory == null || !Files.isDirectory(directory)) {
            return;
        }
        Path file = directory.resolve("log");
        String trace = event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
        String line = Instant.ofEpochMilli(event.getTimeStamp()) + " " + event.getLevel() + " "
                + event.getLoggerName() + " - " + event.getFormattedMessage() + "\n" + trace;
        try {
            if (Files.exists(file) && Files.size(file) > LIMIT_BYTES) {
                Files.move(file, directory.resolve("log.old"), StandardCopyOption.REPLACE_EXISTING);
            }
            Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException unwritable) {
            addError("cannot write to " + file, unwritable);
        }
    }
}
