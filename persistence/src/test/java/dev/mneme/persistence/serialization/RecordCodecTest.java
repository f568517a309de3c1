package dev.mneme.persistence.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.persistence.RecordException;
import dev.mneme.persistence.RecordTooNewException;
import dev.mneme.persistence.RecordUnreadableException;
import dev.mneme.persistence.event.Records;
import dev.mneme.persistence.event.Rewound;
import dev.mneme.persistence.event.Samples;
import dev.mneme.persistence.event.SessionDeleted;
import dev.mneme.persistence.event.SessionEvent;
import dev.mneme.persistence.event.SessionSnapshot;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
    @Provide
    Arbitrary<Object> records() {
        return Records.any();
    }

    @Property(tries = 500)
    void everyRecordComesBackAsItWasWritten(@ForAll("records") Object value) {
        byte[] bytes = RecordCodec.encode(value);

        assertThat(RecordCodec.decode(RecordCodec.manifest(value), bytes)).isEqualTo(value);
    }

    @Property(tries = 200)
    void aRecordThatWasCutAnywhereIsRefused(@ForAll("records") Object value) {
        String manifest = RecordCodec.manifest(value);
        byte[] bytes = RecordCodec.encode(value);

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> RecordCodec.decode(manifest, cut)).isInstanceOf(RecordException.class);
        }
    }

    @Property(tries = 500)
    void damagedBytesGiveARecordOrATypedErrorAndNothingElse(@ForAll("records") Object value, @ForAll Random random) {
        String manifest = RecordCodec.manifest(value);
        byte[] bytes = RecordCodec.encode(value);
        for (int flips = 0; flips < 3; flips++) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }

        try {
            assertThat(RecordCodec.decode(manifest, bytes)).isNotNull();
        } catch (RecordException e) {
            assertThat(e).hasMessageContaining("record of the kind");
        }
    }

    @Test
    void bytesAfterARecordAreRefused() {
        byte[] bytes = RecordCodec.encode(new SessionDeleted(Optional.empty()));

        assertThatThrownBy(() -> RecordCodec.decode("deleted:1", Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(RecordUnreadableException.class)
                .hasMessageContaining("left over");
    }

    @Test
    void aKindThatIsNotTheOneAnnouncedIsRefused() {
        byte[] bytes = RecordCodec.encode(new SessionDeleted(Optional.empty()));

        assertThatThrownBy(() -> RecordCodec.decode("rewound:1", bytes))
                .isInstanceOf(RecordUnreadableException.class)
                .hasMessageContaining("something else");
    }

    @Test
    void kindsAndVersionsOfTheFutureAreRefusedByName() {
        byte[] bytes = RecordCodec.encode(new Rewound(1, 2, Optional.empty()));

        assertThatThrownBy(() -> RecordCodec.decode("rewound:2", bytes))
                .isInstanceOf(RecordTooNewException.class)
                .hasMessageContaining("'rewound:2'")
                .hasMessageContaining("newer version");
        assertThatThrownBy(() -> RecordCodec.decode("dreamt:1", bytes)).isInstanceOf(RecordTooNewException.class);
        assertThatThrownBy(() -> RecordCodec.decode("", bytes)).isInstanceOf(RecordTooNewException.class);
        assertThatThrownBy(() -> RecordCodec.decode("rewound:x", bytes)).isInstanceOf(RecordUnreadableException.class);
    }

    @Test
    void aVersionOfTheFutureInsideTheBytesIsRefused() {
        byte[] bytes = RecordCodec.encode(new Rewound(1, 2, Optional.empty()));
        bytes[1] = 2; // after the one-byte registration id

        assertThatThrownBy(() -> RecordCodec.decode("rewound:1", bytes)).isInstanceOf(RecordTooNewException.class);
    }

    @Test
    void textWithHalfASurrogatePairIsRefusedBeforeItIsWritten() {
        assertThatThrownBy(() -> RecordCodec.encode(new SessionDeleted(Optional.of("\ud83c"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("surrogate");
    }

    @Test
    void everyKindOfEventCanBeWritten() {
        assertThat(Samples.byFile().values())
                .extracting(Object::getClass)
                .containsAll(Arrays.asList(SessionEvent.class.getPermittedSubclasses()))
                .contains(SessionSnapshot.class);
    }
}
