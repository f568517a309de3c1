package dev.mneme.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command can be learned from itself, and says in one line what was wrong with a call. */
class UsageTest {

    @Test
    void wrongUseIsOneLineAndCodeTwo() {
        for (String[] arguments : List.of(
                new String[] {}, new String[] {"nonsense"}, new String[] {"tokenize"},
                new String[] {"score", Outcome.tiny("llama"), "--threads", "0"},
                new String[] {"score", Outcome.tiny("llama"), "--threads", "many"},
                new String[] {"score", Outcome.tiny("llama"), "--chunk", "-1"},
                new String[] {"bench", "--backend", "abacus"})) {
            Outcome outcome = Outcome.of("", arguments);
            assertThat(outcome.code()).as(String.join(" ", arguments)).isEqualTo(2);
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.err().lines()).as(outcome.err()).hasSize(1);
            assertThat(outcome.err()).startsWith("mneme: ").contains("--help");
        }
    }

    @Test
    void everyCommandExplainsItselfAndItsOptions() {
        String overview = Outcome.of("", "--help").out();
        MnemeCommand.COMMANDS.forEach((command, type) -> {
            assertThat(overview).contains(command);
            Outcome help = Outcome.of("", command, "--help");
            assertThat(help.code()).isZero();
            assertThat(help.out()).startsWith("Usage: mneme " + command);
            new CommandLine(type, new CommandFactory(Console.ofProcess())).getCommandSpec().args().forEach(argument ->
                    assertThat(argument.description()).as(command + " " + argument.paramLabel()).isNotEmpty());
        });
    }
}
