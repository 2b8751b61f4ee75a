//! Epoch keys, sealing of objects, delivery envelopes and the keyholder protocol.
