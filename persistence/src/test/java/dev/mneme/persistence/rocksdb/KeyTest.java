package dev.mneme.persistence.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;

class KeyTest {
    @Property
    void numbersSortAsNumbers(
            @ForAll @LongRange(max = Long.MAX_VALUE) long a, @ForAll @LongRange(max = Long.MAX_VALUE) long b) {
        Key base = Key.in(Space.EVENT).text("x");

        assertThat(Integer.signum(Arrays.compareUnsigned(base.number(a).bytes(), base.number(b).bytes())))
                .isEqualTo(Long.compare(a, b));
        assertThat(Key.lastNumber(base.number(a).bytes())).isEqualTo(a);
    }

    @Property
    void keysOfOneTextLieTogetherAndApartFromAllOthers(
            @ForAll @StringLength(max = 8) String a, @ForAll @StringLength(max = 8) String b, @ForAll byte[] rest) {
        byte[] key = Key.in(Space.EVENT).text(b).number(Arrays.hashCode(rest) & Long.MAX_VALUE).bytes();
        Key range = Key.in(Space.EVENT).text(a);
        boolean inside = Arrays.compareUnsigned(range.bytes(), key) <= 0
                && Arrays.compareUnsigned(key, range.end().bytes()) < 0;

        assertThat(inside).isEqualTo(Arrays.equals(a.getBytes(UTF_8), b.getBytes(UTF_8)));
        assertThat(Key.in(Space.EVENT).textAfter(key).getBytes(UTF_8))
                .isEqualTo(b.getBytes(UTF_8));
    }
}
