// Made by Tools/reference/instance_mappers.py: detectron2's transforms with our random numbers.

let instanceMapperList = #"""
    {"images": [{"id": 7, "file_name": "000000000007.png", "height": 60, "width": 90}], "annotations": [{"id": 1,
    "image_id": 7, "category_id": 3, "iscrowd": 0, "area": 1, "segmentation": [[4.5, 8.25, 40.75, 3.5, 52.0, 31.1,
    22.3, 44.9]]}, {"id": 2, "image_id": 7, "category_id": 1, "iscrowd": 0, "area": 1, "segmentation": [[50.73,
    31.41, 35.2, 31.95, 30.31, 46.7, 25.0, 32.09, 9.46, 32.0, 21.71, 22.43, 17.0, 7.63, 29.88, 16.32, 42.51, 7.27,
    38.22, 22.2], [70.5, 50.25, 86.0, 41.5, 89.9, 58.75]]}, {"id": 3, "image_id": 7, "category_id": 44, "iscrowd":
    1, "area": 1, "segmentation": {"size": [60, 90], "counts":
    "ZT29a14L4M2N2N2O0O2N2O0O2O000O2O000O2O00000000000000000000000000000001N10001N10001N101N2N101N2N2N3L4Ld8"}},
    {"id": 4, "image_id": 7, "category_id": 62, "iscrowd": 0, "area": 1, "segmentation": [[80.0, 2.0, 84.5, 2.5,
    84.0, 7.0, 79.5, 6.5]]}, {"id": 5, "image_id": 7, "category_id": 1, "iscrowd": 0, "area": 1, "segmentation":
    [[97.37, 34.14, 87.36, 34.48, 84.2, 44.0, 80.77, 34.58, 70.75, 34.51, 78.65, 28.35, 75.61, 18.79, 83.92, 24.4,
    92.07, 18.56, 89.3, 28.19]]}, {"id": 6, "image_id": 7, "category_id": 90, "iscrowd": 0, "area": 1,
    "segmentation": {"size": [60, 90], "counts":
    "ZT29a14L4M2N2N2O0O2N2O0O2O000O2O000O2O00000000000000000000000000000001N10001N10001N101N2N101N2N2N3L4Ld8"}}],
    "categories": [{"id": 1}, {"id": 3}, {"id": 44}, {"id": 62}, {"id": 90}]}
    """#

let instanceMapperExpectations = [
    InstanceMapperExpectation(
        seed: 1, jitters: true, scales: 0.1...2.0,
        height: 48, width: 48, hash: 0x96B8CA7B00874153,
        objects: [
            (
                2,
                """
                S32^12N2N2N2N2M3N2NO100O100O10O03N3L3N3LVX1
                """
            ),
            (
                0,
                """
                l71^11H0oN1R11kNOV1510O3N1MN2N210ImN1Y101O1OX?1f@100O2O0013Lj?
                """
            ),
            (
                56,
                """
                aa12^10_c0
                """
            ),
            (
                0,
                """
                ]]11Z10iN1X130102LO2N1LiN1\\1OS=
                """
            ),
        ]),
    InstanceMapperExpectation(
        seed: 2, jitters: true, scales: 1.5...2.0,
        height: 48, width: 48, hash: 0x1C2B2384553682AE,
        objects: [
            (
                2,
                """
                Vm03[13L3N3L3N3L3N3L3N3O001O001O001O001O001O00001O001O0010O0O0
                """
            ),
            (
                0,
                """
                [11ln00bRO1O2O0O1O1O1@LD4<O@2a01ZO0g0<1O001O12N2M3N3MOON2N3N1N2O20O1OGVONe0
                """
            ),
            (
                0,
                """
                PX2
                """
            ),
        ]),
    InstanceMapperExpectation(
        seed: 3, jitters: true, scales: 0.3...0.6,
        height: 48, width: 48, hash: 0xF3E66CB7EE0A9F07,
        objects: [
            (
                2,
                """
                R33]12N2N2N2N1OO10O010002M4M2Mi_1
                """
            ),
            (
                0,
                """
                Y61^11K1hN0Y1311N2MO2N1LiN1\\1O1OV<1hC100O22M`m0
                """
            ),
            (
                56,
                """
                aU11^R1
                """
            ),
            (
                0,
                """
                jR11\\1301O1ON4N1Ofj0
                """
            ),
        ]),
    InstanceMapperExpectation(
        seed: 4, jitters: true, scales: 1.5...2.0,
        height: 48, width: 48, hash: 0x846A26A47FD86DE9,
        objects: [
            (
                2,
                """
                0n0b000O100O10000O100O3N3L3N2M4M2M4M2M^\\1
                """
            ),
            (
                0,
                """
                6h0h0M2N200100OEXO0g0M^O2b0KB4n0O001O1O001N2ORP11loN101N100O2O0O2N101N1oN
                """
            ),
            (
                0,
                """
                Xh11^11O100EOVO2k00QO1o081O1O12M3^O
                """
            ),
        ]),
    InstanceMapperExpectation(
        seed: 6, jitters: true, scales: 0.9...3.0,
        height: 48, width: 48, hash: 0x887621685DB96DCC,
        objects: [
            (
                2,
                """
                V32]14M2N2N2N2N2N2N2M3N2N2N00O100O010O10000O100O012M3N3L3N2M4M2M4M[d0
                """
            ),
            (
                0,
                """
                e91^11O1O1DNZO2f01VO0k02QOOP181O0102N2M3MN1N2N2O20OJPONo0OUO1j0MZO2S1O1O001O1Onf00oWO
                """
            ),
            (
                0,
                """
                PX2
                """
            ),
        ]),
    InstanceMapperExpectation(
        seed: 1, jitters: false, scales: 1...1,
        height: 44, width: 50, hash: 0xEE4233686A8B977A,
        objects: [
            (
                2,
                """
                db01X14M2M4M2N3L3N3L3N3M20001O001O001O001O001O001O00001O001O001ON2N2N2N2N3M2N1
                """
            ),
            (
                0,
                """
                \\e01[10O2N1O100O1O1_OLJ47NE3;1@0a02[OOf0;1O0011O2M3N2N2MN1N3N1N2N3O01O10E[OOd0O_O1`0MD2<KH\
                47JM5e001O[O
                """
            ),
            (
                56,
                """
                hT2
                """
            ),
            (
                0,
                """
                hT2
                """
            ),
            (
                79,
                """
                8Q1;000000000000000000000001N10001N10001N101N2N101N2N2N3L4LZl0
                """
            ),
        ]),
    InstanceMapperExpectation(
        seed: 2, jitters: false, scales: 1...1,
        height: 44, width: 50, hash: 0x9EACE9EC1A4D6467,
        objects: [
            (
                2,
                """
                d?3W12M4M2M3N3M2N3O001O001O001O001O001O00001O001O001O001O001O001O001O00001O001O00
                """
            ),
            (
                0,
                """
                ^b01Z1100O1O1O100O1O100O1O1O100O1O1O100O1KDYO=g040001O00002N3M3M3M2N3M3M3MO1N2M3M3
                """
            ),
            (
                56,
                """
                hT2
                """
            ),
            (
                0,
                """
                hT2
                """
            ),
            (
                79,
                """
                0^`02l@0000000O1000000N2000000O1N20000N202M102L5J303J30ba0
                """
            ),
        ]),
    InstanceMapperExpectation(
        seed: 5, jitters: false, scales: 1...1,
        height: 44, width: 50, hash: 0xB4C129A6B1EC4C7F,
        objects: [
            (
                2,
                """
                Rb13W12M4M2M3N3M2M4N101O001O001O
                """
            ),
            (
                0,
                """
                ld11Z1100O1O100O1O1O100O1O1D
                """
            ),
            (
                56,
                """
                hT2
                """
            ),
            (
                0,
                """
                f04Y1O1O001OSm1
                """
            ),
            (
                79,
                """
                0[110000Xd10h[N00000N2000000O1
                """
            ),
        ]),
    InstanceMapperExpectation(
        seed: 8, jitters: false, scales: 1...1,
        height: 44, width: 50, hash: 0x41732EF05FA447D1,
        objects: [
            (
                2,
                """
                0Z1200O100O10000O100O100O100O100O100O100O10000O100O100O100O103L3N2M4M2M4M2N3L3N^>
                """
            ),
            (
                0,
                """
                0W153M`50]J3M3N2M3M3N20000O100_O_O7a0ED:<CH<d001O1O1O001O1O1O001O1O001O1O1O001OTa0
                """
            ),
            (
                56,
                """
                hT2
                """
            ),
            (
                0,
                """
                hT2
                """
            ),
            (
                79,
                """
                \\b0?m00M6M0M6K4N0N3O0O3N000N4L200000`k0
                """
            ),
        ]),
]
