//! The five status pins of a parallel port, by name: which bit of the status byte each is, and whether the port turns it
//! over. (IEEE 1284: ACK 10, BUSY 11, PAPER OUT 12, SELECT 13, ERROR 15.)

/// A status pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pin {
    Ack,
    Busy,
    PaperOut,
    Select,
    Error,
}

impl Pin {
    /// All of them, by the names that rig files use.
    pub const ALL: [(&'static str, Pin); 5] = [
        ("ack", Pin::Ack),
        ("busy", Pin::Busy),
        ("paper-out", Pin::PaperOut),
        ("select", Pin::Select),
        ("error", Pin::Error),
    ];

    /// The name that rig files use.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, pin)| *pin == self).map_or("", |(name, _)| name)
    }

    /// Whether the pin is high in a status byte (base address + 1). BUSY is turned over by the port.
    pub fn is_high(self, status: u8) -> bool {
        let bit = match self {
            Pin::Error => 3,
            Pin::Select => 4,
            Pin::PaperOut => 5,
            Pin::Ack => 6,
            Pin::Busy => 7,
        };
        (status >> bit & 1 == 1) != (self == Pin::Busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_bits_of_the_status_byte_and_busy_is_turned_over() {
        assert!(Pin::Ack.is_high(0b0100_0000) && !Pin::Ack.is_high(0b1011_1111));
        assert!(Pin::Busy.is_high(0b0111_1111) && !Pin::Busy.is_high(0b1000_0000));
        for (bit, pin) in [(3, Pin::Error), (4, Pin::Select), (5, Pin::PaperOut)] {
            assert!(pin.is_high(1 << bit) && !pin.is_high(!(1 << bit)), "{}", pin.name());
        }
    }
}
