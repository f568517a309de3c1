package dev.mneme.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes a file longer with written zeros, so that a full disk is an {@link IOException} now and no fault later. */
final class Preallocation {
    private static final int CHUNK = 1 << 20;

    private Preallocation() {
    }

    static void extend(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK);
            for (long at = channel.size(); at < length;) {
                zeros.clear().limit((int) Math.min(CHUNK, length - at));
                at += channel.write(zeros, at);
            }
        }
    }
}
