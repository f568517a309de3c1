package dev.mneme.runtime.tokenizer;

/**
 * Splits a text into the words inside which byte-pair encoding merges. A word is never empty, and the words cover the text.
 * The name in a model file stands for a regular expression or several applied one after another; the ones here are
 * written out as scanners, each beside its expression.
 */
interface PreTokenizer {
    /** Takes the words {@code text[from .. to)} in order. */
    @FunctionalInterface
    interface WordSink {
        void accept(byte[] text, int from, int to);
    }

    /** Splits {@code text[from .. to)}, valid UTF-8, as if there were nothing before and after it. */
    void split(byte[] text, int from, int to, WordSink words);

    /** @param name value of {@code tokenizer.ggml.pre} */
    static PreTokenizer named(String name) {
        return switch (name) {
            case "gpt-2" -> new Gpt2PreTokenizer();
            case "smollm", "starcoder", "refact" -> new SingleNumberPreTokenizer(new Gpt2PreTokenizer());
            case "llama-bpe", "llama3", "llama-v3" -> new Cl100kPreTokenizer(3);
            case "qwen2", "deepseek-r1-qwen" -> new Cl100kPreTokenizer(1);
            case "default" -> new DefaultPreTokenizer(new Gpt2PreTokenizer());
            default -> throw new TokenizerException(("the pre-tokenizer '%s' (tokenizer.ggml.pre) is not supported;"
                    + " gpt-2, smollm, starcoder, refact, llama-bpe, qwen2 and default are").formatted(name));
        };
    }
}
