/** How records become bytes and bytes become records. The door is {@code RecordCodec}. */
@NullMarked
package io.kappa.contracts.json;

import org.jspecify.annotations.NullMarked;
