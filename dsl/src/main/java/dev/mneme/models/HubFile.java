package dev.mneme.models;

import java.net.URI;
import java.util.Optional;

/**
 * What a hub says of one of its files.
 *
 * @param address as the user wrote it
 * @param uri where it is
 * @param bytes its size, 0 where the hub did not say
 * @param tag its entity tag without quotes, empty where there is none
 */
record HubFile(HubAddress address, URI uri, long bytes, String tag) {

    /** Only a file whose version is known may be put together from two answers. */
    boolean resumable() {
        return !tag.isEmpty();
    }

    /** A short name of this version for a file name. */
    String version() {
        return resumable() ? Integer.toHexString(tag.hashCode()) : "once";
    }

    /** Large files on the Hugging Face hub are tagged with their SHA-256. */
    Optional<String> sha256() {
        return tag.matches("[0-9a-f]{64}") ? Optional.of(tag) : Optional.empty();
    }
}
