package dev.mneme.actors.node;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The actor system of a process that brought none. */
final class OwnActorSystem {
    private OwnActorSystem() {}

    static ActorSystem<?> start() {
        return ActorSystem.create(
                Behaviors.empty(),
                "mneme",
                ConfigFactory.parseString(
                                """
                                pekko.loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
                                pekko.logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
                                pekko.loglevel = WARNING
                                pekko.stdout-loglevel = OFF
                                pekko.log-dead-letters = off
                                pekko.daemonic = on
                                pekko.jvm-shutdown-hooks = off
                                pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
                                """)
                        .withFallback(ConfigFactory.load()));
    }

    static void stop(ActorSystem<?> system, Duration deadline) {
        system.terminate();
        try {
            system.getWhenTerminated().toCompletableFuture().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the actor system did not stop within " + deadline, e);
        }
    }
}
