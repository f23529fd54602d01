/** What functions are given, and what they answer, in the form of each kind of source. The door is {@code EventForm}. */
@NullMarked
package io.kappa.mapper.event;

import org.jspecify.annotations.NullMarked;
