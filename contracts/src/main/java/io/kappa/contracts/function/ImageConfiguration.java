package io.kappa.contracts.function;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user has set in place of what a container image says itself.
 *
 * @param entryPoint empty leaves it to the image
 * @param command empty leaves it to the image
 * @param workingDirectory null leaves it to the image
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ImageConfiguration(
        List<String> entryPoint,
        List<String> command,
        @Nullable String workingDirectory) {
    /** Leaves everything to the image. */
    public static final ImageConfiguration NONE = new ImageConfiguration(List.of(), List.of(), null);

    public ImageConfiguration {
        entryPoint = entryPoint == null ? List.of() : List.copyOf(entryPoint); // Left out where it is empty.
        command = command == null ? List.of() : List.copyOf(command);
    }

    @JsonIgnore
    public boolean isEmpty() {
        return equals(NONE);
    }
}
