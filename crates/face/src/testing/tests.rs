use super::{Pose, Y4mError, Y4mWriter};
use crate::Picture;

fn plain(width: usize, height: usize, colour: [u8; 3]) -> Picture {
    Picture { width, height, data: colour.repeat(width * height) }
}

#[test]
fn video_has_a_header_and_planes_in_limited_range() {
    let mut video = Y4mWriter::new(Vec::new(), (4, 2), 15).expect("even sides");
    video.frame(&plain(4, 2, [255, 255, 255])).expect("a frame");
    video.frame(&plain(4, 2, [255, 0, 0])).expect("a frame");
    let file = video.finish().expect("memory");
    let header = b"YUV4MPEG2 W4 H2 F15:1 Ip A1:1 C420jpeg\n";
    assert_eq!(&file[..header.len()], header);
    let frames = &file[header.len()..];
    // Eight of brightness, two of each colour difference.
    assert_eq!(frames.len(), 2 * (b"FRAME\n".len() + 12));
    assert_eq!(&frames[6..18], [235, 235, 235, 235, 235, 235, 235, 235, 128, 128, 128, 128]);
    assert_eq!(&frames[24..36], [81, 81, 81, 81, 81, 81, 81, 81, 90, 90, 240, 240]);
}

#[test]
fn video_refuses_frames_of_another_size() {
    assert!(matches!(Y4mWriter::new(Vec::new(), (5, 2), 15), Err(Y4mError::Size { width: 5, height: 2 })));
    let mut video = Y4mWriter::new(Vec::new(), (4, 2), 15).expect("even sides");
    assert!(matches!(video.frame(&plain(2, 2, [0; 3])), Err(Y4mError::Size { width: 2, height: 2 })));
}

#[test]
fn a_pose_on_the_way_lies_between_and_never_beyond() {
    let half = Pose::NEUTRAL.towards(&Pose::TURNED_LEFT, 0.5);
    assert_eq!(half.yaw_deg, Pose::TURNED_LEFT.yaw_deg / 2.0);
    assert_eq!(Pose::NEUTRAL.towards(&Pose::CLOSER, 3.0), Pose::CLOSER);
    assert_eq!(Pose::NEUTRAL.towards(&Pose::CLOSER, -1.0), Pose::NEUTRAL);
}
