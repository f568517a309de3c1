package dev.mneme.actors.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.attention.MemoryPolicy.Sparse;
import dev.mneme.runtime.kv.KvFormat;
import org.junit.jupiter.api.Test;

class PickedMemoryTest {
    private static final Sparse TWO_STAGES = new Sparse(64, 1024, 16, 64, 8);
    private static final Sparse ONE_STAGE = new Sparse(64, 1024, 64, 0, 8);
    private static final long AMPLE = PickedMemory.AMPLE_BYTES;
    private static final long BETWEEN = PickedMemory.AMPLE_BYTES - 1;
    private static final long SHORT = PickedMemory.SHORT_BYTES - 1;

    private static MemoryPolicy pick(MemoryPolicy byDefault, long freeBytes, MemoryPolicy before) {
        return PickedMemory.policy(new ModelMemory(8192, byDefault, freeBytes), before);
    }

    @Test
    void whereMemoryIsAmpleAllIsAsTheModelDoesWell() {
        assertThat(pick(TWO_STAGES, AMPLE, TWO_STAGES)).isEqualTo(TWO_STAGES);
        assertThat(pick(ONE_STAGE, AMPLE, ONE_STAGE)).isEqualTo(ONE_STAGE);
    }

    @Test
    void whereMemoryIsShortPlansAreHalvedUntilItIsAmpleAgain() {
        Sparse half = new Sparse(64, 512, 8, 64, 8);
        assertThat(pick(TWO_STAGES, BETWEEN, TWO_STAGES)).isEqualTo(TWO_STAGES);
        assertThat(pick(TWO_STAGES, SHORT, TWO_STAGES)).isEqualTo(half);
        assertThat(pick(TWO_STAGES, BETWEEN, half)).isEqualTo(half);
        assertThat(pick(TWO_STAGES, AMPLE, half)).isEqualTo(TWO_STAGES);
    }

    @Test
    void whereMemoryIsShortNewBlocksAreHalvedUntilItIsAmpleAgain() {
        assertThat(pick(AMPLE, KvFormat.F16)).isEqualTo(KvFormat.F16);
        assertThat(pick(BETWEEN, KvFormat.F16)).isEqualTo(KvFormat.F16);
        assertThat(pick(SHORT, KvFormat.F16)).isEqualTo(KvFormat.I8);
        assertThat(pick(BETWEEN, KvFormat.I8)).isEqualTo(KvFormat.I8);
        assertThat(pick(AMPLE, KvFormat.I8)).isEqualTo(KvFormat.F16);
        assertThat(pick(BETWEEN, KvFormat.K8V4)).isEqualTo(KvFormat.F16);
    }

    private static KvFormat pick(long freeBytes, KvFormat before) {
        return PickedMemory.format(new ModelMemory(8192, TWO_STAGES, freeBytes), before);
    }

    @Test
    void aModelWithoutASparseDefaultStaysDense() {
        assertThat(pick(MemoryPolicy.dense(), SHORT, MemoryPolicy.dense())).isEqualTo(MemoryPolicy.dense());
    }

    @Test
    void theMachineHasSomeMemoryLeft() {
        assertThat(FreeMemory.bytes()).isPositive();
    }
}
