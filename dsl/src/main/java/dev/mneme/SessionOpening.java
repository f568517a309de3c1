package dev.mneme;

import dev.mneme.actors.node.OpenRequest;
import dev.mneme.persistence.event.SessionStyle;
import java.util.Optional;

/**
 * Says how a session is to be opened, then {@link #open opens} it. What is said here is for a session that does not exist
 * yet; an existing one stays what it was created as, and asking it for another model is an error. Immutable.
 */
public final class SessionOpening {
    private final Tenant tenant;
    private final String name;
    private final OpenRequest request;

    SessionOpening(Tenant tenant, String name) {
        this(tenant, name, OpenRequest.DEFAULT);
    }

    private SessionOpening(Tenant tenant, String name, OpenRequest request) {
        this.tenant = tenant;
        this.name = name;
        this.request = request;
    }

    /** The model: a catalog name such as {@code smollm2:135m}, a path, or {@code hf:owner/repo/file.gguf}. */
    public SessionOpening model(String model) {
        return with(new OpenRequest(
                Optional.of(model), request.system(), request.style(), request.memory(), request.requestId()));
    }

    /** The system text. */
    public SessionOpening system(String text) {
        RequestText.requireValid("the system text", text);
        return with(new OpenRequest(
                request.model(), Optional.of(text), request.style(), request.memory(), request.requestId()));
    }

    /** No chat template: text is gone on from as it is. For base models. */
    public SessionOpening raw() {
        return with(new OpenRequest(
                request.model(), request.system(), SessionStyle.RAW, request.memory(), request.requestId()));
    }

    /** How the session remembers; {@link Session#memory} changes it later. */
    public SessionOpening memory(MemoryPolicy policy) {
        return with(new OpenRequest(
                request.model(), request.system(), request.style(), MemoryTerms.wishes(policy), request.requestId()));
    }

    /** Makes a repeat safe. */
    public SessionOpening requestId(String id) {
        return with(new OpenRequest(
                request.model(), request.system(), request.style(), request.memory(), Optional.of(id)));
    }

    private SessionOpening with(OpenRequest changed) {
        return new SessionOpening(tenant, name, changed);
    }

    /** Opens the session, creating it if there is none of this name. Blocks for some milliseconds. */
    public Session open() {
        return tenant.open(name, request);
    }
}
