package dev.mneme.runtime.cuda;

import java.io.Serial;

/** A device did not do what it was asked for; the message has the driver's own word. */
public sealed class DeviceException extends RuntimeException permits DeviceMemoryException {
    @Serial
    private static final long serialVersionUID = 1;

    /** Says what was asked and what the answer was. */
    public DeviceException(String message) {
        super(message);
    }
}
