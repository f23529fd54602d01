package io.kappa.kit.settings;

/** A text that must not be shown. Prints as {@code ***}. */
public record Secret(String value) {
    @Override
    public String toString() {
        return "***";
    }
}
