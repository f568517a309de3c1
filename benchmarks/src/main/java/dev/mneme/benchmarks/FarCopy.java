package dev.mneme.benchmarks;

import dev.mneme.benchmarks.Question.Likelihood;
import dev.mneme.runtime.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A passage of 60 random words, and the same passage again at the end: how likely is the second half of the repeat? The
 * first half says which passage it is. (A small model confuses passages of the same few words even inside its window.)
 *
 * @param words what the 46 words of a passage are drawn from
 */
record FarCopy(List<String> words) implements Task.Hiding {
    private static final int PASSAGE_WORDS = 60;
    private static final int VOCABULARY = 46;
    private static final List<String> WORDS = List.of((
            "amber barrel copper dragon engine falcon garden hammer island jungle kettle ladder magnet needle orchid "
            + "pepper quartz ribbon saddle timber umbrella velvet walnut yellow zephyr anchor basket candle dagger "
            + "ember feather goblet harbor ivory jacket kitten lantern marble nutmeg oyster pillow rocket silver turtle "
            + "violin window apple arrow badge bamboo banner beacon beaver blanket blossom bottle bracket branch bridge "
            + "bronze brush bucket buffalo butter button cabin cactus camel camera canal canvas canyon carbon carpet "
            + "castle cedar cellar chain chalk chapel cherry chimney circle citrus clay cliff clover cobalt coffee "
            + "collar comet compass coral cotton cradle crane crater cricket crown crystal curtain cymbal daisy denim "
            + "desert diamond dolphin domino donkey drawer drum eagle easel elbow emerald fabric farmer fiddle filter "
            + "finger flame flint flower flute forest fossil fountain fox frame galaxy garlic garment ginger giraffe "
            + "glacier glass globe glove goat grape gravel guitar hazel hedge helmet heron hinge honey horse hotel iron "
            + "jaguar jasmine jelly jewel jigsaw juniper keeper kennel kernel kite knife knight knot label lagoon lamp "
            + "lattice laurel lavender leather ledger lemon leopard lever lily linen lizard lobster locket loom lotus "
            + "lumber lunar mango mantle maple marsh meadow medal melon mirror mitten monkey mortar moss motor mountain "
            + "mouse museum music mustard napkin nectar nest nickel noodle oak oasis ocean octave olive onion opal "
            + "orange orbit organ otter oven owl paddle palace panda panther paper parade parrot pasture peach pearl "
            + "pebble pelican pencil petal piano pickle pigeon pine pirate pitcher planet plaster platter plum pocket "
            + "poem polar pond poppy porch potato powder prairie prism puddle pulley pumpkin puppet puzzle pyramid "
            + "quail quarry queen quill rabbit racket radar radish raft railing raisin ranch raven razor reef reptile "
            + "rhythm rice river robin robot rooster rope rose ruby rudder rug saffron sail salmon sandal satin sauce "
            + "scarf school scooter scroll seal sergeant shadow shark shell shield shovel shrimp signal silk siren "
            + "skate sketch slate sled slipper smoke snail soap socket spade spark sparrow spider spinach spiral sponge "
            + "spoon spring squirrel stable staircase statue steam steel stone storm stove straw stream sugar summit "
            + "sunset swan sword syrup table tailor tambourine tango tapestry target teapot temple tennis thimble "
            + "thistle thread throne thunder ticket tiger toast tomato torch tower tractor trailer train treasure "
            + "trumpet tulip tunnel turkey turnip twig valley vanilla vase velcro vessel village vine vinegar volcano "
            + "wagon walrus wafer water wax weasel whale wheat wheel whistle willow wing winter wizard wolf wool worm "
            + "wren yacht yarn yogurt zebra zinc acorn almond anvil apron armor atlas attic avocado axle bacon bagel "
            + "bakery balcony ballet balloon barley basil bathtub battery beetle bell bench berry biscuit bishop bonnet "
            + "border boulder bowl bracelet brandy brass bread broom bugle cabbage cable cake calendar candy canoe "
            + "caramel caravan cardinal carrot cashew cathedral cavern celery cello cement chariot").split(" "));
    /** All passages of the same 46 words. */
    static final FarCopy FEW_WORDS = new FarCopy(WORDS.subList(0, VOCABULARY));
    /** Each passage of 46 words of its own, hardly one of them in another passage: for texts with many passages. */
    static final FarCopy MANY_WORDS = new FarCopy(WORDS);

    @Override
    public String name() {
        return "far-copy";
    }

    @Override
    public Measure measure() {
        return Measure.NATS;
    }

    @Override
    public boolean distinct() {
        return true;
    }

    @Override
    public Trial trial(Tokenizer tokenizer, double depth, long seed) {
        Random random = new Random(seed * 1_000_003 + Math.round(depth * 1_000));
        List<String> all = new ArrayList<>(words);
        Collections.shuffle(all, random);
        List<String> vocabulary = all.subList(0, VOCABULARY);
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < PASSAGE_WORDS; i++) {
            words.append(' ').append(Filler.any(vocabulary, random));
        }
        int[] note = tokenizer.encodeText("\nNote:" + words + ".\n");
        return new Trial(this, depth, seed, List.of(new Planting(depth, note, true)),
                new Likelihood(note, note.length - note.length / 2));
    }
}
