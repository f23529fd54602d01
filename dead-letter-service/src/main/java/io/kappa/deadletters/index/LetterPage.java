package io.kappa.deadletters.index;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the dead letters that a filter means, newest first.
 *
 * @param behind position behind which the next page begins; null where there is none. A page may be short, or empty, and still have a next
 *     one: looking through very many letters is done in parts.
 */
public record LetterPage(List<Letter> letters, @Nullable String behind) {}
