package dev.mneme.examples;

import dev.mneme.Mneme;
import dev.mneme.Reply;
import dev.mneme.Session;
import dev.mneme.models.ModelCatalog;
import dev.mneme.models.PullListener;
import java.nio.file.Path;

/** The example of the README: run it twice, and the second run remembers the first. */
public final class FirstConversation {
    private FirstConversation() {}

    /** Takes the home directory as its only argument. */
    public static void main(String[] arguments) {
        // README begins
        ModelCatalog.create().pull("smollm2:135m", PullListener.SILENT); // fetches the model unless it is here

        try (Mneme mneme = Mneme.open(Path.of(arguments[0]))) {
            Session ines = mneme.tenant("acme").session("ines").model("smollm2:135m").open();

            ines.say("My cat is called Miso.");
            Reply reply = ines.say("What is my cat called?");

            System.out.println(reply.text());
            System.out.println(reply.receipt()); // reused: what was remembered; computed: only what is new
        }
        // README ends
    }
}
