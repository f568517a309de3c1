package dev.mneme.runtime.tokenizer;

/** How a kind of vocabulary spells plain text. Immutable; an encoder made by it serves one call. */
interface Encoding {
    /** Turns stretches of plain text between special tokens into ids. */
    @FunctionalInterface
    interface Encoder {
        /** Encodes {@code text[from .. to)}, valid UTF-8 that follows a special token or begins the whole text if so said. */
        void encode(byte[] text, int from, int to, boolean afterSpecial);
    }

    Encoder newEncoder(TokenList ids);

    /** The bytes that an ordinary or byte token stands for. */
    byte[] bytes(int id);
}
