package dev.mneme.models;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/**
 * A model hub that speaks Hugging Face's protocol: {@code /OWNER/REPO/resolve/main/FILE} answers with the file or sends
 * on to where its bytes are, and tells size and SHA-256 in {@code X-Linked-Size} and {@code X-Linked-Etag} on the way.
 * Redirects are followed by hand: the token goes to the hub alone, never to the host that it sends on to.
 *
 * @param endpoint base address
 * @param token access token for gated and private models
 * @param stall how long a silent connection is waited for
 */
record Hub(URI endpoint, Optional<String> token, Duration stall) {
    private static final int REDIRECTS = 5;

    HubFile describe(HttpClient client, HubAddress address) {
        URI uri = address.uri(endpoint);
        try {
            URI at = uri;
            for (int hop = 0; hop <= REDIRECTS; hop++) {
                HttpResponse<Void> response = send(client, at, "HEAD", 0, BodyHandlers.discarding());
                HttpHeaders headers = response.headers();
                Optional<String> linked = headers.firstValue("X-Linked-Etag");
                if (response.statusCode() / 100 != 3 || linked.isPresent()) {
                    check(address, response);
                    long bytes = linked.isPresent()
                            ? headers.firstValueAsLong("X-Linked-Size").orElse(0)
                            : headers.firstValueAsLong("Content-Length").orElse(0);
                    return new HubFile(address, uri, bytes, bare(linked.or(() -> headers.firstValue("ETag"))));
                }
                at = redirected(response);
            }
            throw new IOException("more than " + REDIRECTS + " redirects");
        } catch (IOException unreachable) {
            throw new ModelUnavailable("The hub at " + endpoint + " did not answer for " + address + " ("
                    + reason(unreachable) + "): check the network, or set HF_ENDPOINT.", unreachable);
        }
    }

    /** Opens the file's bytes from {@code from} on; the caller reads and closes the body. */
    HttpResponse<InputStream> open(HttpClient client, HubFile file, long from) throws IOException {
        URI at = file.uri();
        for (int hop = 0; hop <= REDIRECTS; hop++) {
            HttpResponse<InputStream> response = send(client, at, "GET", from, BodyHandlers.ofInputStream());
            if (response.statusCode() / 100 != 3) {
                if (response.statusCode() / 100 != 2) {
                    response.body().close();
                }
                check(file.address(), response);
                return response;
            }
            response.body().close();
            at = redirected(response);
        }
        throw new IOException("more than " + REDIRECTS + " redirects");
    }

    /** A client for {@link #describe} and {@link #open}; the caller closes it after the last body. */
    HttpClient client() {
        return HttpClient.newBuilder().connectTimeout(stall).followRedirects(HttpClient.Redirect.NEVER).build();
    }

    private <T> HttpResponse<T> send(
            HttpClient client, URI at, String method, long from, HttpResponse.BodyHandler<T> handler)
            throws IOException {
        // Ranges and sizes count bytes of the file itself, so no transfer compression.
        HttpRequest.Builder request = HttpRequest.newBuilder(at)
                .timeout(stall)
                .header("Accept-Encoding", "identity")
                .method(method, BodyPublishers.noBody());
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        if (at.getRawAuthority().equals(endpoint.getRawAuthority())) {
            token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        }
        try {
            return client.send(request.build(), handler);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new ModelUnavailable("The pull was interrupted: pull again, and it goes on.", cancelled);
        }
    }

    private static URI redirected(HttpResponse<?> response) throws IOException {
        String location = response.headers().firstValue("Location")
                .orElseThrow(() -> new IOException("status " + response.statusCode() + " without a Location"));
        URI next = response.uri().resolve(location);
        if ("https".equals(response.uri().getScheme()) && !"https".equals(next.getScheme())) {
            throw new IOException("a redirect from https to " + next.getScheme() + " is not followed");
        }
        return next;
    }

    private static void check(HubAddress address, HttpResponse<?> response) {
        switch (response.statusCode()) {
            case 401, 403 -> throw new ModelUnavailable("The hub wants permission for " + address
                    + ": accept the model's terms on its page, then set HF_TOKEN to an access token.");
            case 404 -> throw new UnknownModel("The hub has no " + address
                    + ": check owner, repository and file name (private ones need HF_TOKEN).");
            default -> {
                if (response.statusCode() >= 400) {
                    throw new ModelUnavailable("The hub answered " + response.statusCode() + " for " + address
                            + ": try again later.");
                }
            }
        }
    }

    private static String bare(Optional<String> tag) {
        return tag.map(text -> text.replaceFirst("^W/", "").replace("\"", "")).orElse("");
    }

    private static String reason(IOException problem) {
        return problem.getMessage() == null ? problem.getClass().getSimpleName() : problem.getMessage();
    }
}
