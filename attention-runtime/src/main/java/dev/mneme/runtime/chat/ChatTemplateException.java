package dev.mneme.runtime.chat;

/** The model's chat template cannot be run, or cannot express what is asked; the message says which and what to do. */
public final class ChatTemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ChatTemplateException(String message) {
        super(message);
    }

    ChatTemplateException(String message, Throwable cause) {
        super(message, cause);
    }
}
