package dev.mneme.runtime.bits;

import dev.mneme.runtime.attention.MemoryPolicy;
import dev.mneme.runtime.bits.Transcript.Keep;
import dev.mneme.runtime.bits.Transcript.Recorder;
import dev.mneme.runtime.kv.KvFormat;
import dev.mneme.runtime.model.TokenRun;
import dev.mneme.runtime.oracle.Runtimes.Opened;
import dev.mneme.runtime.oracle.SessionInMemory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Several sessions in shared steps, in changing order, each step with another part of each; some sit a step out. */
final class Company {
    private Company() {}

    /** What each session left behind; session i has the tokens {@code ids.get(i)}. */
    static List<Transcript> together(Opened runtime, KvFormat format, List<int[]> ids, Keep keep, Random random) {
        return together(runtime, format, Collections.nCopies(ids.size(), MemoryPolicy.dense()), ids, keep, random);
    }

    /** The same, session i with policy i. */
    static List<Transcript> together(
            Opened runtime, KvFormat format, List<MemoryPolicy> policies, List<int[]> ids, Keep keep, Random random) {
        List<SessionInMemory> sessions = new ArrayList<>();
        List<Recorder> recorders = new ArrayList<>();
        try {
            for (int i = 0; i < ids.size(); i++) {
                sessions.add(runtime.newSession(format, policies.get(i)));
                recorders.add(new Recorder(ids.get(i), keep));
            }
            while (true) {
                List<TokenRun> step = step(sessions, recorders, random);
                if (step.isEmpty()) {
                    break;
                }
                runtime.pass().run(step);
            }
            List<Transcript> transcripts = new ArrayList<>();
            for (int i = 0; i < sessions.size(); i++) {
                transcripts.add(recorders.get(i).transcript(sessions.get(i)));
            }
            return transcripts;
        } finally {
            sessions.forEach(SessionInMemory::close);
        }
    }

    private static List<TokenRun> step(List<SessionInMemory> sessions, List<Recorder> recorders, Random random) {
        List<Integer> left = new ArrayList<>();
        for (int i = 0; i < sessions.size(); i++) {
            if (!recorders.get(i).done(sessions.get(i))) {
                left.add(i);
            }
        }
        Collections.shuffle(left, random);
        List<TokenRun> step = new ArrayList<>();
        for (int i : left) {
            boolean sitsOut = !step.isEmpty() && random.nextInt(4) == 0;
            if (!sitsOut) {
                int chunk = random.nextBoolean() ? 1 : random.nextInt(1, 100);
                step.add(recorders.get(i).next(sessions.get(i), chunk));
            }
        }
        return step;
    }
}
