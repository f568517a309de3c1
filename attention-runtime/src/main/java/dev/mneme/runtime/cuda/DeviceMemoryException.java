package dev.mneme.runtime.cuda;

import java.io.Serial;

/** A device has no memory left; the message says how much was asked for, and what needs less. */
public final class DeviceMemoryException extends DeviceException {
    @Serial
    private static final long serialVersionUID = 1;

    /** {@code bytes} could not be had on the device of this name. */
    public DeviceMemoryException(String device, long bytes) {
        super("%s has no %,d bytes of memory left: a shorter context, a smaller KV format or fewer sessions at once need less"
                .formatted(device, bytes));
    }
}
