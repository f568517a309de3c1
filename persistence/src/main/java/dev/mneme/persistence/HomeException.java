package dev.mneme.persistence;

import org.jspecify.annotations.Nullable;

/** A home directory cannot be opened. */
public abstract sealed class HomeException extends PersistenceException
        permits HomeInUseException, HomeTooNewException, HomeNotWritableException, HomeDamagedException {
    HomeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
