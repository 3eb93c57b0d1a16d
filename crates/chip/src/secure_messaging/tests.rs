use proptest::prelude::*;

use super::*;

const CIPHERS: [BlockCipher; 4] =
    [BlockCipher::TripleDes, BlockCipher::Aes128, BlockCipher::Aes192, BlockCipher::Aes256];

fn pair(cipher: BlockCipher) -> (SecureMessaging, SecureMessaging) {
    let session = SecureMessaging::from_secret(b"a shared secret", cipher);
    (session.clone(), session)
}

/// A response that the reader is waiting for, and the reader.
fn waiting(cipher: BlockCipher, data: &[u8]) -> (SecureMessaging, Response) {
    let (mut reader, mut chip) = pair(cipher);
    let command = Command::new(0xb0, 0, 0).expecting(8);
    let protected = reader.protect(&command).expect("protected");
    chip.open_command(&protected).expect("opened");
    let response = Response { data: data.to_vec(), status: Status::Success };
    (reader, chip.protect_response(&response, command.ins).expect("protected"))
}

fn ends_with(mut reader: SecureMessaging, response: &Response, expected: SecureMessagingError) {
    assert_eq!(reader.unprotect(response), Err(expected));
    assert!(!reader.is_alive());
    assert_eq!(reader.protect(&Command::new(0x84, 0, 0)), Err(SecureMessagingError::Ended));
    assert_eq!(reader.unprotect(response), Err(SecureMessagingError::Ended));
}

#[test]
fn an_answer_without_protection_ends_the_session() {
    let (reader, _) = waiting(BlockCipher::Aes128, b"data");
    let status = Status::SecureMessagingIncorrect;
    ends_with(reader, &Response::of(status), SecureMessagingError::Unprotected(status));
    let (reader, _) = waiting(BlockCipher::Aes128, b"data");
    ends_with(reader, &Response::of(Status::Success), SecureMessagingError::Unprotected(Status::Success));
}

#[test]
fn another_status_outside_than_inside_ends_the_session() {
    let (reader, mut response) = waiting(BlockCipher::TripleDes, b"data");
    response.status = Status::EndOfFile;
    ends_with(reader, &response, SecureMessagingError::StatusMismatch);
}

#[test]
fn an_answer_of_another_turn_ends_the_session() {
    let (mut reader, response) = waiting(BlockCipher::Aes256, b"data");
    reader.unprotect(&response).expect("the first time");
    reader.protect(&Command::new(0xb0, 0, 0).expecting(8)).expect("alive");
    ends_with(reader, &response, SecureMessagingError::Checksum);
}

#[test]
fn missing_or_strange_objects_end_the_session() {
    let (reader, response) = waiting(BlockCipher::Aes128, b"data");
    let cut = Response { data: response.data[..response.data.len() - 10].to_vec(), status: Status::Success };
    ends_with(reader.clone(), &cut, SecureMessagingError::Objects);
    let more = Response { data: [&response.data[..], &[0x99, 0x00]].concat(), status: Status::Success };
    ends_with(reader.clone(), &more, SecureMessagingError::Objects);
    let half = Response { data: response.data[..3].to_vec(), status: Status::Success };
    ends_with(reader, &half, SecureMessagingError::Form(TlvError::Truncated));
}

#[test]
fn an_authentic_answer_without_a_status_ends_the_session() {
    let (mut reader, _) = pair(BlockCipher::Aes128);
    reader.protect(&Command::new(0xb0, 0, 0).expecting(8)).expect("protected");
    let key = derive(b"a shared secret", BlockCipher::Aes128, KeyUse::Authentication);
    let key = MacKey::new(BlockCipher::Aes128, &key).expect("length");
    let counter = 2_u128.to_be_bytes();
    let data = tlv::encode(DO_CHECKSUM, &key.padded_tag(&counter));
    ends_with(reader, &Response { data, status: Status::Success }, SecureMessagingError::Objects);
}

#[test]
fn the_counter_of_3des_comes_round_after_64_bits() {
    let keys = [7; 16];
    let mut session = SecureMessaging::with_keys(BlockCipher::TripleDes, &keys, &keys, u128::from(u64::MAX));
    let session = session.as_mut().expect("lengths");
    assert_eq!(session.protect(&Command::new(0x84, 0, 0)), Err(SecureMessagingError::CounterExhausted));
    let mut aes = SecureMessaging::with_keys(BlockCipher::Aes128, &keys, &keys, u128::from(u64::MAX));
    assert!(aes.as_mut().expect("lengths").protect(&Command::new(0x84, 0, 0)).is_ok());
}

#[test]
fn a_command_that_outgrows_its_apdu_is_refused() {
    let (mut reader, _) = pair(BlockCipher::Aes128);
    let command = Command::new(0xd6, 0, 0).with_data(vec![0; 65_535]);
    assert_eq!(reader.protect(&command), Err(SecureMessagingError::TooLong));
}

#[test]
fn keys_do_not_show_in_debug() {
    assert_eq!(format!("{:?}", pair(BlockCipher::Aes192).0), "SecureMessaging(Aes192, [redacted])");
}

proptest! {
    #[test]
    fn both_sides_understand_each_other(
        ins in any::<u8>(),
        data in prop::collection::vec(any::<u8>(), 0..600),
        expected in prop::option::of(1_usize..=65_536),
        answer in prop::collection::vec(any::<u8>(), 0..600),
        status in any::<u16>(),
        cipher in prop::sample::select(CIPHERS.to_vec()),
    ) {
        let (mut reader, mut chip) = pair(cipher);
        for _ in 0..2 {
            let mut command = Command::new(ins, 1, 2).with_data(data.clone());
            command.expected = expected;
            let protected = reader.protect(&command).expect("protected");
            let protected = Command::parse(&protected.encode().expect("fits")).expect("well-formed");
            prop_assert_eq!(chip.open_command(&protected), Ok(command));
            let response = Response { data: answer.clone(), status: Status::from_bytes(status.to_be_bytes()) };
            let protected = chip.protect_response(&response, ins).expect("protected");
            prop_assert_eq!(reader.unprotect(&protected), Ok(response));
        }
    }

    #[test]
    fn any_changed_bit_of_an_answer_ends_the_session(
        bit in any::<u16>(),
        cipher in prop::sample::select(CIPHERS.to_vec()),
    ) {
        let (mut reader, mut response) = waiting(cipher, b"personal data");
        let bit = usize::from(bit) % (response.data.len() * 8);
        response.data[bit / 8] ^= 0x80 >> (bit % 8);
        prop_assert!(reader.unprotect(&response).is_err());
        prop_assert!(!reader.is_alive());
    }
}
