/** What the registry and the event source mapper agree on. The door is {@code EventSource}; what is configured is a registry record. */
@NullMarked
package io.kappa.contracts.eventsource;

import org.jspecify.annotations.NullMarked;
