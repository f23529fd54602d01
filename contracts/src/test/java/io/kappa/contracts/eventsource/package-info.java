@NullMarked
package io.kappa.contracts.eventsource;

import org.jspecify.annotations.NullMarked;
