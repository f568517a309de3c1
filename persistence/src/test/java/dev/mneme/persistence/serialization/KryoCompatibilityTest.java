package dev.mneme.persistence.serialization;

import static org.assertj.core.api.Assertions.assertThat;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import dev.mneme.persistence.event.Records;
import dev.mneme.persistence.event.Samples;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The bytes are Kryo's, though no Kryo object wrote them. */
class KryoCompatibilityTest {
    @Provide
    Arbitrary<Object> records() {
        return Records.any();
    }

    @Property(tries = 200)
    void aKryoWithTheSameRegistrationsWritesTheSameBytesAndReadsThem(@ForAll("records") Object value) {
        Kryo kryo = new Kryo();
        kryo.setRegistrationRequired(true);
        kryo.setReferences(false);
        RecordKinds.ALL.forEach(kind -> kryo.register(kind.type(), serializer(kind), kind.registrationId()));
        Output output = new Output(256, -1);

        kryo.writeClassAndObject(output, value);

        assertThat(RecordCodec.encode(value)).isEqualTo(output.toBytes());
        assertThat(kryo.readClassAndObject(new Input(RecordCodec.encode(value)))).isEqualTo(value);
        assertThat(Samples.byFile()).hasSameSizeAs(RecordKinds.ALL);
    }

    private static <T> Serializer<T> serializer(RecordKind<T> kind) {
        return new Serializer<>() {
            @Override
            public void write(Kryo kryo, Output output, T value) {
                kind.writeVersioned(output, value);
            }

            @Override
            public T read(Kryo kryo, Input input, Class<? extends T> type) {
                return kind.readVersioned(input);
            }
        };
    }
}
