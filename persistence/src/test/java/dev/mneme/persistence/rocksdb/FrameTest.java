package dev.mneme.persistence.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class FrameTest {
    @Property(tries = 200)
    void aBodyComesBackAndNoFlippedBitOrCutIsMissed(
            @ForAll @Size(min = 1, max = 40) byte[] key, @ForAll @Size(max = 60) byte[] body)
            throws BrokenRecordException {
        byte[] framed = Frame.around(key, body);
        assertThat(Frame.body(key, framed)).isEqualTo(body);

        for (int bit = 0; bit < framed.length * 8; bit++) {
            byte[] flipped = framed.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> Frame.body(key, flipped)).isInstanceOf(BrokenRecordException.class);
        }
        for (int length = 0; length < framed.length; length++) {
            byte[] cut = Arrays.copyOf(framed, length);
            assertThatThrownBy(() -> Frame.body(key, cut)).isInstanceOf(BrokenRecordException.class);
        }
    }

    @Property(tries = 200)
    void aBodyUnderAnotherKeyIsRefused(
            @ForAll @Size(min = 1, max = 40) byte[] key, @ForAll byte other, @ForAll @Size(max = 60) byte[] body) {
        byte[] framed = Frame.around(key, body);
        byte[] wrong = key.clone();
        wrong[key.length / 2] = (byte) (wrong[key.length / 2] == other ? other + 1 : other);

        assertThatThrownBy(() -> Frame.body(wrong, framed)).isInstanceOf(BrokenRecordException.class);
    }
}
