package dev.mneme.models;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A file on a model hub, written {@code hf:owner/repo/file.gguf}; the file may lie in folders of its repository.
 *
 * @param owner user or organisation
 * @param repository model repository
 * @param file path of the file inside it, segment by segment
 */
record HubAddress(String owner, String repository, List<String> file) {
    static final String SCHEME = "hf:";

    static HubAddress parse(String name) {
        List<String> segments = Arrays.asList(name.substring(SCHEME.length()).split("/", -1));
        boolean wellFormed = segments.size() >= 3
                && segments.getLast().endsWith(".gguf")
                && segments.stream().allMatch(HubAddress::isPlain);
        if (!wellFormed) {
            throw new UnknownModel("'" + name + "' is not an address on the hub: write hf:owner/repo/file.gguf.");
        }
        return new HubAddress(segments.get(0), segments.get(1), List.copyOf(segments.subList(2, segments.size())));
    }

    private static boolean isPlain(String segment) {
        return !segment.isBlank()
                && !segment.equals(".")
                && !segment.equals("..")
                && segment.chars().noneMatch(c -> c < ' ' || c == '\\' || c == ':');
    }

    /** Where the hub serves the file: the protocol of huggingface.co's {@code resolve} endpoint. */
    URI uri(URI endpoint) {
        String path = file.stream().map(HubAddress::encode).collect(Collectors.joining("/"));
        String base = endpoint.toString();
        return URI.create((base.endsWith("/") ? base : base + "/")
                + encode(owner) + "/" + encode(repository) + "/resolve/main/" + path);
    }

    Path under(Path directory) {
        Path place = directory.resolve("hf").resolve(owner).resolve(repository);
        for (String segment : file) {
            place = place.resolve(segment);
        }
        return place;
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return SCHEME + owner + "/" + repository + "/" + String.join("/", file);
    }
}
