package dev.mneme.runtime.cuda;

import java.io.Serial;

/** There is no usable NVIDIA driver, or it has refused something; the message is a sentence without its full stop. */
final class DriverException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    DriverException(String message) {
        super(message);
    }

    DriverException(String message, Throwable cause) {
        super(message, cause);
    }
}
