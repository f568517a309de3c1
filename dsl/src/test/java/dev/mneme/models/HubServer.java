package dev.mneme.models;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A small hub on this machine: {@code /o/r/resolve/main/m.gguf} sends on to {@code /cdn}, as the real one does. */
final class HubServer implements AutoCloseable {
    private final HttpServer server;
    private final byte[] body;
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> tokens = new CopyOnWriteArrayList<>();
    /** The tag that the hub tells; empty for none. */
    volatile String tag;
    /** The next answers break off after this many bytes, one each. */
    final List<Integer> breaks = new CopyOnWriteArrayList<>();
    volatile boolean ignoreRanges;

    HubServer(byte[] body, String tag) throws IOException {
        this.body = body;
        this.tag = tag;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/o/r/resolve/main/m.gguf", this::redirect);
        server.createContext("/o/gated/resolve/main/m.gguf", exchange -> answer(exchange, 403));
        server.createContext("/cdn", this::serve);
        server.start();
    }

    URI uri() {
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    private void redirect(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestMethod() + " hub");
        tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        if (!tag.isEmpty()) {
            exchange.getResponseHeaders().set("X-Linked-Etag", '"' + tag + '"');
            exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(body.length));
        }
        // Another host name, so that a token that is sent along would be seen.
        exchange.getResponseHeaders().set("Location",
                "http://127.0.0.1:" + server.getAddress().getPort() + "/cdn");
        answer(exchange, 302);
    }

    private void serve(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        requests.add(exchange.getRequestMethod() + " cdn" + (range == null ? "" : " " + range));
        tokens.add("cdn " + exchange.getRequestHeaders().getFirst("Authorization"));
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
            answer(exchange, 200);
            return;
        }
        int from = range == null || ignoreRanges ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        int end = breaks.isEmpty() ? body.length : Math.min(body.length, from + breaks.removeFirst());
        if (from > 0) {
            exchange.getResponseHeaders().set("Content-Range",
                    "bytes " + from + "-" + (body.length - 1) + "/" + body.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, body.length - from);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body, from, end - from);
            out.flush();
        } catch (IOException brokenOnPurpose) {
            // Closing a body that is shorter than announced drops the connection, which is the point.
        }
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
