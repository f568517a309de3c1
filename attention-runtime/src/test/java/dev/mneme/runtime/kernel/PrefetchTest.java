package dev.mneme.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.condition.OS.LINUX;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;

class PrefetchTest {
    private static final long LINES = 256 * 64;

    @Test
    @EnabledOnOs(value = LINUX, architectures = "amd64")
    void onLinuxAndX86WhatIsAskedForIsBrought() {
        Prefetch.make();

        assertTrue(Prefetch.works());
    }

    @Test
    void memoryThatIsAskedForStaysAsItWas() {
        Prefetch.make();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(LINES, 64).fill((byte) 7);

            Prefetch.ask(memory.address(), LINES);

            assertEquals(-1, memory.mismatch(arena.allocate(LINES, 64).fill((byte) 7)));
            assertEquals(7, memory.get(ValueLayout.JAVA_BYTE, LINES - 1));
        }
    }

    @Test
    void addressesThatNobodyHasMayBeAskedFor() {
        Prefetch.make();

        Prefetch.ask(0, LINES);
        Prefetch.ask(-64, LINES);
        Prefetch.ask(Long.MIN_VALUE, LINES);
    }

    @Test
    void askingForNothingEnds() {
        Prefetch.make();

        Prefetch.ask(0, 0);
        Prefetch.ask(0, -64);
    }

    @Test
    void aBlockIsAskedForInWholeLinesAtLeastOne() {
        assertEquals(64, Prefetch.wholeLines(1));
        assertEquals(64, Prefetch.wholeLines(64));
        assertEquals(128, Prefetch.wholeLines(65));
    }
}
