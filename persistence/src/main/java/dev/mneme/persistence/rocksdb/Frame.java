package dev.mneme.persistence.rocksdb;

import dev.mneme.persistence.FormatVersions;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What stands around every record's body on disk: a format number and a CRC32C over key and body, so that a body that
 * changed, or that stands under another key, is found out whatever layer below let it through.
 */
final class Frame {
    private static final int HEADER = 1 + Integer.BYTES;

    private Frame() {}

    static byte[] around(byte[] key, byte[] body) {
        return ByteBuffer.allocate(HEADER + body.length)
                .put((byte) FormatVersions.RECORD)
                .putInt(checksum(key, body, 0))
                .put(body)
                .array();
    }

    static byte[] body(byte[] key, byte[] framed) throws BrokenRecordException {
        if (framed.length < HEADER) {
            throw new BrokenRecordException("it has only " + framed.length + " bytes");
        }
        ByteBuffer header = ByteBuffer.wrap(framed);
        int version = header.get();
        if (checksum(key, framed, HEADER) != header.getInt()) {
            throw new BrokenRecordException("its checksum does not match");
        }
        if (version != FormatVersions.RECORD) {
            throw new BrokenRecordException("its format is " + version + ", which this version of Mneme does not know");
        }
        byte[] body = new byte[framed.length - HEADER];
        header.get(body);
        return body;
    }

    private static int checksum(byte[] key, byte[] bytes, int from) {
        CRC32C crc = new CRC32C();
        crc.update(key);
        crc.update(bytes, from, bytes.length - from);
        return (int) crc.getValue();
    }
}
