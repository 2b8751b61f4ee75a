//! The writer: a serde serializer that writes canonical JSON straight into a byte buffer.

use serde::Serialize;
use serde::ser;

use super::compound::{Array, Object};
use super::text::append_string;
use super::{CanonicalError, MAX_DEPTH, MAX_INTEGER};

/// `serde_json` smuggles raw and arbitrary-precision values through structs of this prefix; what they
/// hold is text that nobody has checked.
const PRIVATE_PREFIX: &str = "$serde_json::private::";

/// Where one member of an open object lies in the output.
#[derive(Clone, Copy)]
pub(super) struct Member {
    /// The opening quote of its key.
    pub(super) start: usize,
    /// Past the closing quote of its key.
    pub(super) key_end: usize,
    /// Past its value.
    pub(super) end: usize,
}

/// Writes one value.
pub(super) struct Writer<'a> {
    pub(super) out: &'a mut Vec<u8>,
    /// Members of all open objects, innermost last.
    pub(super) members: Vec<Member>,
    /// Where members are put in order.
    pub(super) scratch: Vec<u8>,
    pub(super) depth: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>) -> Self {
        Self {
            out,
            members: Vec::new(),
            scratch: Vec::new(),
            depth: 0,
        }
    }

    fn integer(&mut self, value: i128) -> Result<(), CanonicalError> {
        let magnitude = u64::try_from(value.unsigned_abs()).unwrap_or(u64::MAX);
        if magnitude > MAX_INTEGER {
            return Err(CanonicalError::IntegerRange(value));
        }
        if value < 0 {
            self.out.push(b'-');
        }
        append_decimal(magnitude, self.out);
        Ok(())
    }

    pub(super) fn open(&mut self, bracket: u8) -> Result<(), CanonicalError> {
        if self.depth == MAX_DEPTH {
            return Err(CanonicalError::TooDeep);
        }
        self.depth += 1;
        self.out.push(bracket);
        Ok(())
    }

    /// `{"variant":`, to be closed by one `}`.
    fn open_variant(&mut self, variant: &str) -> Result<(), CanonicalError> {
        self.open(b'{')?;
        append_string(variant, self.out);
        self.out.push(b':');
        Ok(())
    }

    pub(super) fn close(&mut self, bracket: u8) {
        self.depth -= 1;
        self.out.push(bracket);
    }
}

/// Appends `value` in decimal digits.
fn append_decimal(mut value: u64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Forwards every integer type to [`Writer::integer`].
macro_rules! integers {
    ($($method:ident: $type:ty),* $(,)?) => {
        $(fn $method(self, value: $type) -> Result<(), CanonicalError> {
            self.integer(i128::from(value))
        })*
    };
}

impl<'w, 'a> ser::Serializer for &'w mut Writer<'a> {
    type Ok = ();
    type Error = CanonicalError;
    type SerializeSeq = Array<'w, 'a>;
    type SerializeTuple = Array<'w, 'a>;
    type SerializeTupleStruct = Array<'w, 'a>;
    type SerializeTupleVariant = Array<'w, 'a>;
    type SerializeMap = Object<'w, 'a>;
    type SerializeStruct = Object<'w, 'a>;
    type SerializeStructVariant = Object<'w, 'a>;

    integers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
    }

    fn serialize_u128(self, value: u128) -> Result<(), CanonicalError> {
        self.integer(i128::try_from(value).unwrap_or(i128::MAX))
    }

    fn serialize_f32(self, _: f32) -> Result<(), CanonicalError> {
        Err(CanonicalError::Float)
    }

    fn serialize_f64(self, _: f64) -> Result<(), CanonicalError> {
        Err(CanonicalError::Float)
    }

    fn serialize_bool(self, value: bool) -> Result<(), CanonicalError> {
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), CanonicalError> {
        append_string(value.encode_utf8(&mut [0; 4]), self.out);
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), CanonicalError> {
        append_string(value, self.out);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), CanonicalError> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<(), CanonicalError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), CanonicalError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), CanonicalError> {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), CanonicalError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &str, _: u32, variant: &str) -> Result<(), CanonicalError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &str,
        value: &T,
    ) -> Result<(), CanonicalError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &str,
        _: u32,
        variant: &str,
        value: &T,
    ) -> Result<(), CanonicalError> {
        self.open_variant(variant)?;
        value.serialize(&mut *self)?;
        self.close(b'}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Array<'w, 'a>, CanonicalError> {
        Array::open(self, false)
    }

    fn serialize_tuple(self, _: usize) -> Result<Array<'w, 'a>, CanonicalError> {
        Array::open(self, false)
    }

    fn serialize_tuple_struct(self, _: &str, _: usize) -> Result<Array<'w, 'a>, CanonicalError> {
        Array::open(self, false)
    }

    fn serialize_tuple_variant(
        self,
        _: &str,
        _: u32,
        variant: &str,
        _: usize,
    ) -> Result<Array<'w, 'a>, CanonicalError> {
        self.open_variant(variant)?;
        Array::open(self, true)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object<'w, 'a>, CanonicalError> {
        Object::open(self, false)
    }

    fn serialize_struct(self, name: &str, _: usize) -> Result<Object<'w, 'a>, CanonicalError> {
        if name.starts_with(PRIVATE_PREFIX) {
            return Err(CanonicalError::Message(format!(
                "a {name} holds unchecked text: write its value instead"
            )));
        }
        Object::open(self, false)
    }

    fn serialize_struct_variant(
        self,
        _: &str,
        _: u32,
        variant: &str,
        _: usize,
    ) -> Result<Object<'w, 'a>, CanonicalError> {
        self.open_variant(variant)?;
        Object::open(self, true)
    }
}
