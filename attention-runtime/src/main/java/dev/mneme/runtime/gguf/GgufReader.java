package dev.mneme.runtime.gguf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the head of a mapped file and checks all of it; what it returns needs no further checks. */
final class GgufReader {
    /** The four letters "GGUF" as a little-endian integer. */
    private static final int MAGIC = 0x46554747;

    private static final int LONGEST_KEY = 65_535; // GGUF specification
    private static final int LONGEST_TENSOR_NAME = 4_096;
    private static final int SHORTEST_ENTRY = 8 + 4 + 1;
    private static final int SHORTEST_TENSOR = 8 + 4 + 8 + 4 + 8;
    private static final int MOST_DIMENSIONS = 4;
    private static final String ALIGNMENT = "general.alignment";
    private static final int DEFAULT_ALIGNMENT = 32;

    private final Path file;
    private final MemorySegment map;
    private final ByteBuffer head;
    private final GgufCursor cursor;

    GgufReader(Path file, MemorySegment map) {
        this.file = file;
        this.map = map;
        // A ByteBuffer is several times faster than a MemorySegment while its code is still interpreted, and the
        // head is read before anything is compiled. Its two gigabytes bound the head, not the tensors.
        this.head = map.asSlice(0, Math.min(map.byteSize(), Integer.MAX_VALUE - 8))
                .asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
        this.cursor = new GgufCursor(file, head);
    }

    /** A tensor as the file declares it, before its place is checked. */
    private record Declared(String name, TensorType type, List<Long> shape, long offset, long bytes, long seenAt) {}

    GgufFile read(Arena arena) {
        readMagicAndVersion();
        int tensorCount = cursor.count("tensor count", SHORTEST_TENSOR);
        int entryCount = cursor.count("metadata count", SHORTEST_ENTRY);
        GgufMetadata metadata = readMetadata(entryCount);
        List<Declared> declared = new ArrayList<>();
        for (int i = 0; i < tensorCount; i++) {
            declared.add(readTensor());
        }
        return new GgufFile(file, arena, metadata, place(declared, alignment(metadata)));
    }

    private void readMagicAndVersion() {
        int magic = cursor.u32("magic");
        if (magic != MAGIC) {
            throw cursor.errorAt(0, "magic", "this is not a GGUF file. Give the path of a .gguf model.");
        }
        int version = cursor.u32("version");
        if (Integer.reverseBytes(version) == 2 || Integer.reverseBytes(version) == 3) {
            throw cursor.errorAt(4, "version", "the file is big-endian, which is not supported."
                    + " Use the ordinary little-endian file of this model.");
        }
        if (version != 2 && version != 3) {
            throw cursor.errorAt(4, "version", "GGUF version " + Integer.toUnsignedString(version)
                    + " is not supported, only 2 and 3. Convert the model with a current tool.");
        }
    }

    private GgufMetadata readMetadata(int count) {
        Map<String, GgufValue> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            int at = cursor.position();
            String key = cursor.string("metadata key", LONGEST_KEY);
            if (values.put(key, cursor.value(key)) != null) {
                throw cursor.errorAt(at, key, "appears twice in the metadata. The file is damaged: download it again.");
            }
        }
        return new GgufMetadata(file, head, values);
    }

    private int alignment(GgufMetadata metadata) {
        int alignment = metadata.integerOr(ALIGNMENT, DEFAULT_ALIGNMENT);
        if (alignment < 8 || alignment > 1 << 20 || Integer.bitCount(alignment) != 1) {
            throw new GgufException(file, -1, ALIGNMENT, "is " + alignment
                    + ", not a power of two from 8 to 1048576. The file is damaged: download it again.");
        }
        return alignment;
    }

    private Declared readTensor() {
        int at = cursor.position();
        String name = cursor.string("tensor name", LONGEST_TENSOR_NAME);
        int dimensions = cursor.u32(name);
        if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
            throw cursor.errorAt(at, name, "has " + Integer.toUnsignedString(dimensions)
                    + " dimensions, not 1 to 4. The file is damaged: download it again.");
        }
        List<Long> shape = new ArrayList<>();
        long values = 1;
        for (int d = 0; d < dimensions; d++) {
            long length = cursor.u64(name);
            // Bounded by the map: no supported type stores a value in less than half a byte.
            if (length < 1 || length > Integer.MAX_VALUE || values > 2 * map.byteSize() / length) {
                throw cursor.errorAt(at, name, "dimension " + d + " is " + Long.toUnsignedString(length)
                        + ", more values than the file can hold (or none). It is damaged or cut off: download it again.");
            }
            shape.add(length);
            values *= length;
        }
        if (values / shape.getFirst() > Integer.MAX_VALUE) {
            throw cursor.errorAt(at, name, "has more than 2147483647 rows. Use another model.");
        }
        TensorType type = readType(name);
        if (shape.getFirst() % type.valuesPerBlock() != 0) {
            throw cursor.errorAt(at, name, "has rows of " + shape.getFirst() + " values, no whole number of " + type
                    + " blocks of " + type.valuesPerBlock() + ". The file is damaged: download it again.");
        }
        long offset = cursor.u64(name);
        return new Declared(name, type, List.copyOf(shape), offset, type.bytesFor(values), at);
    }

    private TensorType readType(String name) {
        int at = cursor.position();
        int number = cursor.u32(name);
        return TensorType.ofNumber(number).orElseThrow(() -> cursor.errorAt(at, name, "has the tensor type "
                + Integer.toUnsignedString(number) + ", which is not supported. Use a model file of the types "
                + List.of(TensorType.values()) + ", for example a Q4_K_M or Q8_0 one."));
    }

    private Map<String, GgufTensor> place(List<Declared> declared, int alignment) {
        long start = (cursor.position() + (long) alignment - 1) / alignment * alignment;
        Map<String, GgufTensor> tensors = new LinkedHashMap<>();
        for (Declared tensor : declared) {
            if (tensor.offset() % alignment != 0) {
                throw cursor.errorAt(tensor.seenAt(), tensor.name(), "lies at offset "
                        + Long.toUnsignedString(tensor.offset()) + ", no multiple of the file's alignment " + alignment
                        + ". The file is damaged: download it again.");
            }
            if (tensor.offset() < 0 || tensor.offset() > map.byteSize() - start - tensor.bytes()) {
                throw cursor.errorAt(tensor.seenAt(), tensor.name(), "ends beyond the file's " + map.byteSize()
                        + " bytes. The file is cut off: download it again.");
            }
            MemorySegment data = map.asSlice(start + tensor.offset(), tensor.bytes());
            GgufTensor placed = new GgufTensor(tensor.name(), tensor.type(), tensor.shape(), data);
            if (tensors.put(tensor.name(), placed) != null) {
                throw cursor.errorAt(tensor.seenAt(), tensor.name(),
                        "appears twice. The file is damaged: download it again.");
            }
        }
        refuseOverlaps(declared);
        return tensors;
    }

    private void refuseOverlaps(List<Declared> declared) {
        List<Declared> byOffset = new ArrayList<>(declared);
        byOffset.sort(Comparator.comparingLong(Declared::offset));
        for (int i = 1; i < byOffset.size(); i++) {
            Declared before = byOffset.get(i - 1);
            Declared tensor = byOffset.get(i);
            if (tensor.offset() < before.offset() + before.bytes()) {
                throw cursor.errorAt(tensor.seenAt(), tensor.name(), "shares bytes with the tensor " + before.name()
                        + ". The file is damaged: download it again.");
            }
        }
    }
}
